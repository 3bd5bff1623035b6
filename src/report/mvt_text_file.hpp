#pragma once

#include "report/output_file.hpp"
#include "report/text_format.hpp"

#include <memory>

namespace exhibit::report {

/// One file of the folder, and the text that goes into it.
class MvtTextFile {
public:
    static Result<MvtTextFile> create(OutputFolder const& folder, std::string_view name)
    {
        auto file = EXHIBIT_TRY(OutputFile::create(EXHIBIT_TRY(folder.file(name))));
        return MvtTextFile { std::move(file) };
    }

    [[nodiscard]] std::string& text() { return m_buffer->text(); }
    [[nodiscard]] Result<void> settle() { return m_buffer->settle(); }
    [[nodiscard]] Result<void> finish()
    {
        EXHIBIT_TRY(m_buffer->flush());
        return m_file->commit(Replace::no);
    }

private:
    explicit MvtTextFile(OutputFile file)
        : m_file(std::make_unique<OutputFile>(std::move(file)))
        , m_buffer(std::make_unique<TextBuffer>(
              [file = m_file.get()](std::string_view text) { return file->write(text); }))
    {
    }

    std::unique_ptr<OutputFile> m_file;
    std::unique_ptr<TextBuffer> m_buffer;
};

} // namespace exhibit::report
