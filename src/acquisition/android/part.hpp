#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/android/dump_index.hpp"
#include "acquisition/container.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::android {

using EntryVisitor = std::function<bool(EntryView const&)>;

/// One source of entries of an acquisition: the files of a container, or the sections of a dump. An
/// acquisition that holds another one, as AndroidQF's folder holds a bug report, has the parts of both.
class Part {
public:
    Part() = default;
    Part(Part const&) = delete;
    Part& operator=(Part const&) = delete;
    virtual ~Part() = default;

    /// Shows the part's entries; false when the visitor had enough. Handles are the part's own, below 2^48.
    [[nodiscard]] virtual Result<bool> visit(EntryVisitor const& visitor) const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<Source>> open(
        std::uint64_t handle, std::string_view stored) const
        = 0;
    /// Whether `open` unpacks the whole entry.
    [[nodiscard]] virtual bool unpacks(std::string_view) const { return false; }
    /// Whether the evidence ends within it.
    [[nodiscard]] virtual bool is_cut(std::uint64_t) const { return false; }
    [[nodiscard]] virtual std::vector<Problem> problems() const { return {}; }
};

/// Where a file was on the device, by its place below the acquisition's folder; empty for one that is not
/// shown.
using PathOnDevice = std::string (*)(std::string_view relative);

/// The files below a folder of a container.
class FilesPart final : public Part {
public:
    /// `before` stands in front of what is stored: `bugreport.zip/` for a container within another.
    /// `zip_clock`: change times are those that a zip states, the device's wall clock, and no others are
    /// known. `copied`: they are those of the copying, and not told.
    struct Place {
        std::shared_ptr<Container const> container;
        std::string folder {};
        std::string before {};
        PathOnDevice path_on_device = nullptr;
        bool zip_clock = false;
        bool copied = false;
    };

    explicit FilesPart(Place place)
        : m_place(std::move(place))
    {
    }

    [[nodiscard]] Result<bool> visit(EntryVisitor const& visitor) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(
        std::uint64_t handle, std::string_view stored) const override;
    [[nodiscard]] bool unpacks(std::string_view stored) const override;
    [[nodiscard]] std::vector<Problem> problems() const override { return m_place.container->problems(); }

private:
    Place m_place;
};

/// The sections of a dump's text.
class SectionsPart final : public Part {
public:
    /// `stored` is the place of the text. Of services that `instead` has too nothing is shown.
    SectionsPart(std::shared_ptr<Source const> text, DumpIndex index, std::string stored);

    /// Leaves out what another dump of the same device shows.
    std::size_t leave_out(DumpIndex const& shown);

    [[nodiscard]] DumpIndex const& index() const { return m_index; }
    [[nodiscard]] Result<bool> visit(EntryVisitor const& visitor) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(
        std::uint64_t handle, std::string_view stored) const override;
    [[nodiscard]] bool is_cut(std::uint64_t handle) const override;
    [[nodiscard]] std::vector<Problem> problems() const override;

    /// Up to `most` bytes of a section; empty when there is none.
    [[nodiscard]] std::string text_of(std::string_view path, std::size_t most) const;

private:
    std::shared_ptr<Source const> m_text;
    DumpIndex m_index;
    std::string m_stored;
};

} // namespace exhibit::android
