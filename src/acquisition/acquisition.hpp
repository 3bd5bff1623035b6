#pragma once

#include "base/result.hpp"
#include "base/source.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

enum class AcquisitionKind : std::uint8_t {
    ios_backup,
    ios_file_system,
    sysdiagnose,
    android_bugreport,
    androidqf,
    android_backup,
    intrusion_logs,
    android_file_system,
};

/// The stable name of a kind, as stored in the case file: `ios_backup` and so on.
std::string_view name_of(AcquisitionKind);

enum class EntryKind : std::uint8_t { file, folder, link };

/// One file, folder or link inside an acquisition. Texts are views that live until the visitor returns
/// in `visit`; `Entry` (below) owns them. They are bytes from evidence: any, also such as are no UTF-8.
struct EntryView {
    /// Canonical and absolute, as the device had it: `/private/var/mobile/Library/SMS/sms.db`. Files that
    /// belong to the acquisition itself stand under a pseudo root: `@backup/Info.plist`,
    /// `@bugreport/main_entry.txt`, `@androidqf/packages.json`.
    std::string_view path;
    std::string_view stored; ///< `HomeDomain::Library/SMS/sms.db`, or the path inside the container
    EntryKind kind = EntryKind::file;
    std::uint64_t size = 0; ///< of the readable content
    std::optional<Timestamp> modified;
    std::uint64_t handle = 0; ///< for `open` of the same acquisition only
    /// When it was changed as the device's own clock showed it, as if that were UTC: what the zip of a bug
    /// report states instead of `modified`.
    std::optional<Timestamp> wall_clock {};
    std::uint8_t mark = 0; ///< as the handle, for the acquisition that shows the entry
    bool sealed
        = false; ///< a folder that cannot be looked into: whether it holds what is wanted is not known
};

struct Entry {
    std::string path;
    std::string stored;
    EntryKind kind = EntryKind::file;
    std::uint64_t size = 0;
    std::optional<Timestamp> modified;
    std::uint64_t handle = 0;
    std::optional<Timestamp> wall_clock;
    std::uint8_t mark = 0;

    Entry() = default;
    explicit Entry(EntryView const& view)
        : path(view.path)
        , stored(view.stored)
        , kind(view.kind)
        , size(view.size)
        , modified(view.modified)
        , handle(view.handle)
        , wall_clock(view.wall_clock)
        , mark(view.mark)
    {
    }
};

/// Something the acquisition as a whole has to say: `device.product_version` is `14.3`.
/// Names are stable; values are text from evidence.
struct Fact {
    std::string name;
    std::string value;
};

/// What was wrong with the acquisition itself, in words for the person, and where.
struct Problem {
    Fault fault = Fault::malformed;
    std::string message; ///< what, and what to do
    std::string stored; ///< the entry it is about; may be empty
    std::uint64_t count = 1; ///< how many entries share it
    bool damage = true; ///< evidence could not be read whole; false: worth knowing only
    bool hides = false; ///< entries may be among what was not read: what was not found may have been there
};

/// One acquisition as a read-only tree of entries, decrypted on the fly. `open` and `visit` may be
/// called from any thread.
class Acquisition {
public:
    Acquisition() = default;
    Acquisition(Acquisition const&) = delete;
    Acquisition& operator=(Acquisition const&) = delete;
    virtual ~Acquisition() = default;

    [[nodiscard]] virtual AcquisitionKind kind() const = 0;
    /// One line for the person: `iOS backup (encrypted) of iPhone9,3, iOS 14.3, in a zip`.
    [[nodiscard]] virtual std::string description() const = 0;
    [[nodiscard]] virtual std::vector<Fact> facts() const = 0;

    /// Shows every entry once, in an order that depends on the acquisition's content alone. Memory does
    /// not grow with the number of entries. Stops early when the visitor returns false.
    [[nodiscard]] virtual Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const = 0;

    /// Shows those entries that `visit` shows first and that are known before the acquisition was looked
    /// through: the files that describe a backup.
    virtual void visit_own_files(std::function<bool(EntryView const&)> const&) const { }

    /// Opens the content of an entry that `visit` has shown. `missing`: the acquisition lists it but does
    /// not hold it; `locked`: its key is not available.
    [[nodiscard]] virtual Result<std::unique_ptr<Source>> open(Entry const& entry) const = 0;

    /// Whether `open` unpacks the whole entry, so that looking at a few bytes of it costs as much as all.
    [[nodiscard]] virtual bool unpacks(Entry const&) const { return false; }

    /// Whether the evidence ends within the entry, as a text that was not copied whole does.
    [[nodiscard]] virtual bool is_cut(Entry const&) const { return false; }

    /// What was found wrong so far: complete once every wanted entry was visited and opened.
    [[nodiscard]] virtual std::vector<Problem> problems() const = 0;
};

/// Why a path could not be examined, in words for the person.
struct Refusal {
    Fault fault = Fault::unsupported;
    std::string message; ///< what was found instead
    std::string advice; ///< what to do next
};

struct OpenOptions {
    /// Asked once, and only when the acquisition is encrypted; nothing means that there is no password.
    std::function<std::optional<std::string>()> password = [] { return std::optional<std::string> {}; };
    /// The text of an identity file of age: secret keys for what is encrypted to a key. Empty when there is
    /// none.
    std::string identities {};
    /// Told what takes long: the words and how far it is, 0 to 1.
    std::function<void(std::string_view, double)> progress = [](std::string_view, double) { };
    /// Told what it is before it is opened, which may take long.
    std::function<void(AcquisitionKind)> recognized = [](AcquisitionKind) { };
    std::stop_token stop;
    unsigned jobs = 1;
    /// Calls `work` once with each number below `jobs`, each on a thread of its own, and waits for all.
    std::function<void(unsigned jobs, std::function<void(unsigned)> const& work)> parallel {};
    /// The paths and globs that somebody will look for. With them an acquisition can find content that its
    /// own list of files has lost: the name of a payload in a backup can be computed from the path.
    std::vector<std::string> wanted {};
};

/// Recognises by content what `path` is (folder, parent folder, zip, tar, tar.gz, single file) and opens it.
std::expected<std::unique_ptr<Acquisition>, Refusal> open_acquisition(
    std::filesystem::path const& path, OpenOptions const& options);

/// An acquisition that a folder of the file system is.
struct AcquisitionFolder {
    std::string_view name; ///< for the person, with its article: `an iOS backup`
    std::filesystem::path folder;
};

/// The acquisition in which something at `path` lies or would lie, whatever links and `..` are on the way;
/// nothing when there is none. Only whole folders count, no archives.
std::optional<AcquisitionFolder> acquisition_around(std::filesystem::path const& path);

} // namespace exhibit
