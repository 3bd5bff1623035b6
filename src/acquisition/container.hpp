#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/problem_list.hpp"

#include <atomic>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace exhibit {

/// Something in a container. `path` is relative to it, with `/` between components, none at the ends; it is a
/// view that lives until the visitor returns. Bytes that are no UTF-8 are kept.
struct Node {
    std::string_view path;
    EntryKind kind = EntryKind::file;
    std::uint64_t size = 0;
    std::optional<Timestamp> modified;
    std::optional<Timestamp> wall_clock {}; ///< of a zip: local to whoever wrote it, as if it were UTC
    bool sealed = false; ///< a folder that cannot be looked into
};

/// What a listing has to say about each node: finding sizes and times in a folder costs a call per file.
enum class Detail : std::uint8_t { names, full };

/// Whether what is unpacked may reach the disk: what was encrypted never does.
enum class Secrecy : std::uint8_t { none, memory_only };

using NodeVisitor = std::function<bool(Node const&)>;

/// What holds an acquisition: a folder, an archive or a single file, as one read-only tree. Never leads out
/// of it: links are shown and not followed, names with `..` are refused and counted. May be used from any
/// thread.
class Container {
public:
    Container() = default;
    Container(Container const&) = delete;
    Container& operator=(Container const&) = delete;
    virtual ~Container() = default;

    /// For the person: `folder`, `zip archive`, `gzip-compressed tar archive`, `single file`.
    [[nodiscard]] virtual std::string_view form() const = 0;

    /// Shows everything below `folder` (empty: all) in the order of the components' bytes, a folder before
    /// its content, until the visitor returns false. What cannot be read is a problem and is left out.
    [[nodiscard]] virtual Result<void> visit(std::string_view folder, NodeVisitor const& visitor) const = 0;

    /// The same for what lies directly in `folder`. `missing` when there is no such folder.
    [[nodiscard]] virtual Result<void> children(
        std::string_view folder, Detail detail, NodeVisitor const& visitor) const
        = 0;

    /// What is at `path`, with the given text as its path; nothing when there is nothing.
    [[nodiscard]] virtual std::optional<Node> find(std::string_view path) const = 0;

    /// Opens a file. A compressed one is unpacked first: into memory, or above a limit into a temporary file
    /// that no name leads to. What a damaged one held before the damage is kept, and is a problem.
    [[nodiscard]] virtual Result<std::unique_ptr<Source>> open(std::string_view path) const = 0;

    /// The same of what was listed as a file: what it is, is not asked again before it is opened.
    [[nodiscard]] virtual Result<std::unique_ptr<Source>> open_listed(std::string_view path) const
    {
        return open(path);
    }

    /// Opens the beginning of a file, `most` bytes where it has so many: the rest need not be unpacked.
    [[nodiscard]] virtual Result<std::unique_ptr<Source>> open_head(std::string_view path, std::size_t) const
    {
        return open(path);
    }

    /// Opens a file to see what is in it. How much is unpacked for that is bounded over all files, and those
    /// of the containers within this one: then `over_limit`.
    [[nodiscard]] Result<std::unique_ptr<Source>> open_to_look(std::string_view path) const;

    /// What is unpacked to look into this one counts as unpacked for `outer`.
    void is_looked_at_in(Container const& outer) const { m_looks_left = outer.m_looks_left; }

    /// Whether `unpacks` is false for every file, which saves asking.
    [[nodiscard]] virtual bool unpacks_nothing() const { return false; }

    /// Whether a file is unpacked whole when it is opened, as a compressed one of an archive is.
    [[nodiscard]] virtual bool unpacks(std::string_view) const { return false; }

    /// Whether the times of its files are those of a copy that was made of them; of a folder nobody can tell.
    [[nodiscard]] virtual bool times_are_of_copying() const { return false; }

    /// Where a link leads to, as it is stored: any text, never followed. Fails for what is no link.
    [[nodiscard]] virtual Result<std::string> link_target(std::string_view) const
    {
        return fail(Fault::missing, "there is no such link");
    }

    /// For archives inside this one.
    [[nodiscard]] virtual Secrecy secrecy() const { return Secrecy::none; }

    /// For whoever opens it and sees what is worth knowing.
    void note(Fault fault, std::string_view what, std::string_view stored) const
    {
        m_problems.note(fault, what, stored);
    }

    /// What was found wrong so far.
    [[nodiscard]] std::vector<Problem> problems() const { return m_problems.all(); }

protected:
    /// Reading finds problems, and reading is const.
    [[nodiscard]] ProblemList& problem_list() const { return m_problems; }

private:
    mutable ProblemList m_problems;
    mutable std::shared_ptr<std::atomic<std::uint64_t>> m_looks_left
        = std::make_shared<std::atomic<std::uint64_t>>(std::uint64_t { 2 } << 30U); ///< bytes
};

/// Opens a folder, a zip, a tar (plain, or compressed with gzip, zstd, xz or bzip2), or any other file as a
/// container of its own, by content and not by name.
std::expected<std::shared_ptr<Container const>, Refusal> open_container(
    std::filesystem::path const& path, OpenOptions const& options);

/// The zip that a single file ends in, as one that unpacks itself does; null where there is none.
std::shared_ptr<Container const> zip_at_end_of(Container const& file, std::stop_token const& stop);

/// Adds the fact `container.times`, and says so, where the times of the files are those of a copy.
void note_times_of_copying(Container const& container, std::vector<Fact>& facts);

/// Joins two paths with `/`, either of which may be empty.
std::string join_path(std::string_view folder, std::string_view name);

} // namespace exhibit
