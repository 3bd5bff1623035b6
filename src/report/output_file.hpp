#pragma once

#include "base/rename.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace exhibit::report {

/// Takes text in large pieces; a failure ends the export.
using TextSink = std::function<Result<void>(std::string_view)>;

/// Gathers text and hands it on in pieces of about 256 KiB.
class TextBuffer {
public:
    explicit TextBuffer(TextSink sink)
        : m_sink(std::move(sink))
    {
    }

    /// Where to append; call `settle` after each record.
    [[nodiscard]] std::string& text() { return m_text; }
    [[nodiscard]] Result<void> settle() { return m_text.size() < kPiece ? Result<void> {} : flush(); }
    [[nodiscard]] Result<void> flush();

private:
    static constexpr std::size_t kPiece = 256U << 10U;

    TextSink m_sink;
    std::string m_text;
};

/// Who may read a new file: what was on a person's phone is for the owner of the file alone.
enum class Readers : std::uint8_t { owner, everybody };

/// A new file that gets its name only when it is complete.
class OutputFile {
public:
    static Result<OutputFile> create(std::filesystem::path const& path, Readers access = Readers::owner);
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    OutputFile(OutputFile const&) = delete;
    OutputFile& operator=(OutputFile const&) = delete;
    ~OutputFile();

    [[nodiscard]] Result<void> write(std::string_view text);
    /// Flushes to the disk and gives the file its name. `Replace::no` fails when the name is taken.
    [[nodiscard]] Result<void> commit(Replace replace);
    [[nodiscard]] std::filesystem::path const& working_path() const { return m_working; }

private:
    OutputFile(std::filesystem::path final_path, std::filesystem::path working, int descriptor);

    std::filesystem::path m_final;
    std::filesystem::path m_working;
    int m_descriptor;
};

/// A new folder of files that gets its name only when it is complete.
class OutputFolder {
public:
    static Result<OutputFolder> create(std::filesystem::path const& path);
    OutputFolder(OutputFolder&& other) noexcept;
    OutputFolder& operator=(OutputFolder&&) = delete;
    OutputFolder(OutputFolder const&) = delete;
    OutputFolder& operator=(OutputFolder const&) = delete;
    ~OutputFolder();

    /// Where the file called `name` is written until `commit`. `malformed` for what would lead to another
    /// folder.
    [[nodiscard]] Result<std::filesystem::path> file(std::string_view name) const;
    /// `Replace::no`: the folder must not exist, or be empty. `Replace::yes`: an existing folder is replaced
    /// with everything in it, so the caller has seen to it that this is no loss.
    [[nodiscard]] Result<void> commit(Replace replace);

private:
    OutputFolder(std::filesystem::path final_path, std::filesystem::path working);

    std::filesystem::path m_final;
    std::filesystem::path m_working;
};

} // namespace exhibit::report
