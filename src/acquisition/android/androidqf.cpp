#include "acquisition/android/androidqf.hpp"

#include "acquisition/android/adb_backup.hpp"
#include "acquisition/android/assembly.hpp"
#include "acquisition/android/bug_report.hpp"
#include "acquisition/android/device_facts.hpp"
#include "acquisition/android/files.hpp"
#include "acquisition/android/intrusion_logs.hpp"
#include "acquisition/zip_container.hpp"
#include "base/text.hpp"
#include "base/utf16.hpp"
#include "formats/json/json_fields.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace exhibit::android {

namespace {

constexpr std::size_t kLargestDescription = std::size_t { 1 } << 20U;
constexpr std::size_t kMostBugReports = 16;

/// What AndroidQF writes, over all its versions.
constexpr std::array<std::string_view, 24> kNames { "getprop.txt", "dumpsys.txt", "packages.json",
    "files.json", "processes.txt", "processes.json", "ps.txt", "services.txt", "settings_system.txt",
    "settings_secure.txt", "settings_global.txt", "root_binaries.json", "mounts.json", "selinux.txt",
    "env.txt", "logcat.txt", "bugreport.zip", "backup.ab", "hashes.csv", "packages.pb", "files.pb",
    "mounts.pb", "root_binaries.pb", "sms.json" };

struct Described {
    std::string_view fact;
    std::string_view key;
};
constexpr std::array kDescription {
    Described { "acquisition.id", "uuid" },
    Described { "acquisition.program_version", "androidqf_version" },
    Described { "acquisition.started", "started" },
    Described { "acquisition.completed", "completed" },
};

std::string path_in_androidqf(std::string_view relative)
{
    struct Folder {
        std::string_view name;
        std::string_view device;
    };
    constexpr std::array folders {
        Folder { "logs/", "/" },
        Folder { "tmp/", "/data/local/tmp/" },
        Folder { "intrusion_logs/", "@intrusion_logs/" },
        Folder { "intrusion-logs/", "@intrusion_logs/" },
    };
    for (auto const& folder : folders)
        if (relative.starts_with(folder.name) && !relative.ends_with(".zip"))
            return std::string { folder.device }.append(relative.substr(folder.name.size()));
    return std::string { "@androidqf/" }.append(relative);
}

void add_own_facts(Assembly& assembly, Container const& container, std::string const& folder)
{
    add_property_facts(
        to_utf8(head_of(container, join_path(folder, "getprop.txt"), kMostProperties)), assembly.facts);
    auto const text = head_of(container, join_path(folder, "acquisition.json"), kLargestDescription);
    if (text.empty())
        return;
    JsonObjectReader reader;
    auto const read = reader.read(text, [&](std::string_view key, JsonValue& value) -> Result<void> {
        auto const named = std::ranges::find(kDescription, key, &Described::key);
        if (named != kDescription.end())
            if (auto const content = json_text(value))
                add_fact(assembly.facts, named->fact, *content);
        return {};
    });
    if (!read)
        assembly.warn(read.error().fault, "the description of the acquisition cannot be read",
            join_path(folder, "acquisition.json"));
}

/// The bug report, zipped or unpacked. Null when there is none that could be read.
DumpIndex const* add_own_bug_report(Assembly& assembly, std::shared_ptr<Container const> const& container,
    std::string const& folder, OpenOptions const& options)
{
    auto const complain = [&](Error const& error, std::string const& stored) {
        assembly.lose(error.fault,
            "the bug report could not be read: " + std::string { error.what }
                + "; what dumpsys.txt has is used instead",
            stored);
        return static_cast<DumpIndex const*>(nullptr);
    };
    // Each is examined whole: an older one knows what has gone since. The first, AndroidQF's own, tells what
    // dumpsys.txt adds.
    auto zips = files_like(*container, folder, "bugreport*.zip");
    std::ranges::stable_partition(
        zips, [](FoundFile const& zip) { return base_name(zip.path) == "bugreport.zip"; });
    DumpIndex const* shown = nullptr;
    if (zips.size() > kMostBugReports) {
        assembly.warn(
            Fault::over_limit, "there are more bug reports than are examined", zips[kMostBugReports].path);
        zips.resize(kMostBugReports);
    }
    for (auto const& zip : zips) {
        auto source = container->open(zip.path);
        auto inside = source ? ZipContainer::open_zip(std::move(*source), container->secrecy())
                             : Result<std::shared_ptr<Container const>> { std::unexpected(source.error()) };
        auto const added = inside ? add_bug_report(assembly, *inside, {}, zip.path + "/", options)
                                  : Result<DumpIndex const*> { std::unexpected(inside.error()) };
        if (!added)
            (void)complain(added.error(), zip.path);
        else if (shown == nullptr)
            shown = *added;
    }
    if (!zips.empty())
        return shown;
    auto const unpacked = join_path(folder, "bugreport");
    if (!has_folder(*container, folder, "bugreport") || !is_bug_report(*container, unpacked))
        return nullptr;
    auto const added = add_bug_report(assembly, container, unpacked, {}, options);
    return added ? *added : complain(added.error(), unpacked);
}

void add_own_dump(Assembly& assembly, Container const& container, std::string const& folder,
    DumpIndex const* shown, OpenOptions const& options)
{
    auto const stored = join_path(folder, "dumpsys.txt");
    if (!has_file(container, folder, "dumpsys.txt"))
        return;
    auto source = container.open(stored);
    auto text = source ? in_utf8(std::move(*source))
                       : Result<std::shared_ptr<Source const>> { std::unexpected(source.error()) };
    auto const added = text ? add_dump(assembly, *text, stored, shown, options)
                            : Result<DumpIndex const*> { std::unexpected(text.error()) };
    if (added && shown == nullptr)
        tell_missing_sections(assembly, **added, stored, DumpOf::services);
    if (!added)
        assembly.lose(added.error().fault,
            "dumpsys.txt could not be read: " + std::string { added.error().what }, stored);
}

void add_own_backup(
    Assembly& assembly, Container const& container, std::string const& folder, OpenOptions const& options)
{
    auto const stored = join_path(folder, "backup.ab");
    auto const node = container.find(stored);
    if (!node || node->kind != EntryKind::file)
        return;
    if (node->size == 0) {
        assembly.tell(Fault::missing,
            "the backup is empty: it was refused on the phone, or the phone dropped the question", stored);
        return;
    }
    auto source = container.open(stored);
    auto const added = source ? add_adb_backup(assembly, std::move(*source), stored + "/", options)
                              : Result<void> { std::unexpected(source.error()) };
    if (!added)
        assembly.lose(added.error().fault,
            "the backup could not be opened: " + std::string { added.error().what }, stored);
}

} // namespace

bool is_androidqf(Container const& container, std::string const& folder)
{
    if (container.form() == "single file")
        return false;
    if (has_file(container, folder, "acquisition.json")
        && head_of(container, join_path(folder, "acquisition.json"), kLargestDescription)
            .contains("androidqf"))
        return true;
    auto const count = std::ranges::count_if(
        kNames, [&](std::string_view name) { return has_file(container, folder, name); });
    return count >= 2
        || (has_file(container, folder, "getprop.txt")
            && to_utf8(head_of(container, join_path(folder, "getprop.txt"), 4)).starts_with("["));
}

namespace {

bool is_among(std::span<std::string_view const> names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

} // namespace

bool is_part_of_androidqf(Container const& container, std::string const& folder)
{
    constexpr std::array<std::string_view, 9> others { "acquisition.json", "command.log", "apks", "logs",
        "tmp", "bugreport", "intrusion_logs", "intrusion-logs", "selinux.txt" };
    if (container.form() == "single file")
        return false;
    bool found = false;
    bool foreign = false;
    (void)container.children(folder, Detail::full, [&](Node const& node) {
        auto const name = base_name(node.path);
        bool const is_own = is_among(kNames, name);
        found = found || (is_own && node.kind == EntryKind::file);
        foreign = !is_own && !is_among(others, name) && !name.starts_with('.');
        return !foreign;
    });
    return found && !foreign;
}

namespace {

std::expected<std::unique_ptr<Acquisition>, Refusal> open(Assembly assembly,
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    if (!folder.empty())
        add_fact(assembly.facts, "container.folder", folder);
    add_own_facts(assembly, *container, folder);
    assembly.parts.push_back(std::make_unique<FilesPart>(
        FilesPart::Place { container, folder, {}, path_in_androidqf, false, true }));
    auto const* const shown = add_own_bug_report(assembly, container, folder, options);
    add_own_dump(assembly, *container, folder, shown, options);
    add_own_backup(assembly, *container, folder, options);
    for (std::string_view const logs : { "intrusion_logs", "intrusion-logs" })
        if (has_folder(*container, folder, logs))
            add_zipped_intrusion_logs(assembly, container, join_path(folder, logs), {});
    if (options.stop.stop_requested())
        return std::unexpected(
            Refusal { Fault::cancelled, "Stopped.", "Run the same command again to start over." });
    return std::make_unique<AndroidAcquisition>(std::move(assembly));
}

} // namespace

namespace {

/// What every run of AndroidQF writes, and is not there.
std::string missing_in(Container const& container, std::string const& folder)
{
    std::string missing;
    auto const miss
        = [&](std::string_view what) { missing.append(missing.empty() ? "" : ", ").append(what); };
    auto const has_any = [&](std::initializer_list<std::string_view> names) {
        return std::ranges::any_of(names, [&](auto name) { return has_file(container, folder, name); });
    };
    if (!has_any({ "acquisition.json" }))
        miss("the description (acquisition.json)");
    if (!has_any({ "dumpsys.txt" }) && !has_folder(container, folder, "bugreport")
        && files_like(container, folder, "bugreport*.zip").empty())
        miss("a bug report or dumpsys.txt");
    if (!has_any({ "packages.json", "packages.pb" }))
        miss("the list of packages");
    return missing;
}

} // namespace

std::expected<std::unique_ptr<Acquisition>, Refusal> open_androidqf(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    auto const missing = missing_in(*container, folder);
    Assembly assembly { AcquisitionKind::androidqf,
        missing.empty() ? "AndroidQF acquisition" : "Part of an AndroidQF acquisition",
        std::string { container->form() }, {}, {}, {} };
    if (!missing.empty())
        assembly.tell(Fault::missing,
            "this is a part of what AndroidQF takes: the run was broken off, or files were left out; there "
            "is not: "
                + missing,
            {});
    return open(std::move(assembly), container, folder, options);
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_part_of_androidqf(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    Assembly assembly { AcquisitionKind::androidqf, "Part of an AndroidQF acquisition",
        std::string { container->form() }, {}, {}, {} };
    assembly.tell(Fault::missing,
        "this is a part of what AndroidQF takes: the run was broken off, or files were left out", {});
    return open(std::move(assembly), container, folder, options);
}

} // namespace exhibit::android
