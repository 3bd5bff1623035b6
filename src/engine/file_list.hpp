#pragma once

#include "acquisition/acquisition.hpp"
#include "engine/hashes.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace exhibit {

/// The entry that FileListed adds: all files of the acquisition, a line for each. Fields are divided by tabs:
/// kind (`file`, `folder`, `link`), size, when it was changed (microseconds since 1970 UTC), SHA-256, MD5,
/// SHA-1, path, and where the acquisition keeps it. What is not known is `-`. In the last two, `\n`, `\t` and
/// `\\` stand for a line's end, a tab and a backslash.
inline constexpr std::string_view kFileListPath = "@acquisition/files";

/// An acquisition with one entry more, so that its list of files is evidence like any other.
class FileListed final : public Acquisition {
public:
    /// Both must outlive it. `hashes` may be null.
    FileListed(Acquisition const& acquisition, Hashes const* hashes)
        : m_acquisition(acquisition)
        , m_hashes(hashes)
    {
    }

    [[nodiscard]] AcquisitionKind kind() const override { return m_acquisition.kind(); }
    [[nodiscard]] std::string description() const override { return m_acquisition.description(); }
    [[nodiscard]] std::vector<Fact> facts() const override { return m_acquisition.facts(); }
    [[nodiscard]] Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const override;
    void visit_own_files(std::function<bool(EntryView const&)> const& visitor) const override
    {
        m_acquisition.visit_own_files(visitor);
    }
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const& entry) const override;
    [[nodiscard]] bool unpacks(Entry const& entry) const override
    {
        return entry.path != kFileListPath && m_acquisition.unpacks(entry);
    }
    [[nodiscard]] bool is_cut(Entry const& entry) const override
    {
        return entry.path != kFileListPath && m_acquisition.is_cut(entry);
    }
    [[nodiscard]] std::vector<Problem> problems() const override { return m_acquisition.problems(); }

private:
    Acquisition const& m_acquisition;
    Hashes const* m_hashes;
    mutable std::mutex m_mutex;
    mutable std::weak_ptr<std::string const> m_text; ///< the list, while an artifact reads it
};

} // namespace exhibit
