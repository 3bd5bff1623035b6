#include "acquisition/android/adb_backup.hpp"

#include "acquisition/android/device_facts.hpp"
#include "acquisition/android/files.hpp"
#include "acquisition/file_source.hpp"
#include "acquisition/tar_container.hpp"
#include "base/text.hpp"
#include "formats/adb_backup/adb_backup.hpp"
#include "formats/gzip/inflate_source.hpp"

#include <algorithm>
#include <array>

namespace exhibit::android {

namespace {

constexpr std::size_t kMagicSize = 32;

/// What the second name below `apps/PACKAGE` stands for. Source: FullBackup of the Android Open Source
/// Project.
struct Domain {
    std::string_view token;
    std::string_view before; ///< the package
    std::string_view after;
};
constexpr std::string_view kPrivate = "/data/data/";
constexpr std::string_view kProtected = "/data/user_de/0/"; // Readable before the first unlock.
constexpr std::array kDomains {
    Domain { "a", "/data/app/", "" },
    Domain { "c", kPrivate, "/cache" },
    Domain { "db", kPrivate, "/databases" },
    Domain { "ef", "/sdcard/Android/data/", "/files" },
    Domain { "f", kPrivate, "/files" },
    Domain { "nb", kPrivate, "/no_backup" },
    Domain { "obb", "/sdcard/Android/obb/", "" },
    Domain { "r", kPrivate, "" },
    Domain { "sp", kPrivate, "/shared_prefs" },
    Domain { "d_c", kProtected, "/cache" },
    Domain { "d_db", kProtected, "/databases" },
    Domain { "d_f", kProtected, "/files" },
    Domain { "d_nb", kProtected, "/no_backup" },
    Domain { "d_r", kProtected, "" },
    Domain { "d_sp", kProtected, "/shared_prefs" },
};

std::string_view next_component(std::string_view& path)
{
    auto const component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(component.size() + 1, path.size()));
    return component;
}

bool is_unpacked_backup(Container const& container, std::string const& folder)
{
    if (container.form() == "single file" || !has_folder(container, folder, "apps"))
        return false;
    bool found = false;
    (void)container.children(join_path(folder, "apps"), Detail::names, [&](Node const& node) {
        auto const package = std::string { node.path };
        found = node.kind == EntryKind::folder && base_name(node.path).contains('.')
            && (has_file(container, package, "_manifest")
                || std::ranges::any_of(kDomains,
                    [&](Domain const& domain) { return has_folder(container, package, domain.token); }));
        return !found;
    });
    return found;
}

/// The tar inside, decrypted and unpacked where it is read.
Result<std::shared_ptr<Source const>> open_payload(Assembly& assembly, std::unique_ptr<Source> file,
    adb_backup::Header const& header, std::string const& stored, OpenOptions const& options)
{
    auto const size = file->size() - header.payload;
    std::shared_ptr<Source const> const whole { std::move(file) };
    std::unique_ptr<Source> payload = std::make_unique<PartSource>(whole, header.payload, size);
    if (header.encrypted) {
        auto password = options.password();
        if (!password || password->empty())
            return fail(Fault::locked, "it is encrypted, and no password was given");
        auto key = adb_backup::unlock(header, *password, { options.stop, {} });
        wipe(*password);
        payload = EXHIBIT_TRY(adb_backup::decrypt(std::move(payload), EXHIBIT_TRY(std::move(key))));
    }
    if (!header.compressed)
        return payload;
    auto unpacked = EXHIBIT_TRY(InflateSource::open_zlib(std::move(payload), options.stop));
    if (unpacked.damage)
        assembly.lose(unpacked.damage->fault,
            "the backup is damaged or cut off; what stood before was read: "
                + std::string { unpacked.damage->what },
            stored);
    return std::move(unpacked.source);
}

Refusal refusal_of(Error const& error)
{
    Refusal refusal { error.fault,
        "The Android backup could not be opened: " + std::string { error.what } + ".",
        "Copy it again, or make it again from the phone." };
    if (error.fault == Fault::locked)
        refusal.advice = "Give the password that was typed on the phone when the backup was made.";
    if (error.fault == Fault::cancelled)
        refusal.advice = "Run the same command again to start over.";
    return refusal;
}

} // namespace

std::string path_of_backed_up(std::string_view relative)
{
    auto rest = relative;
    auto const first = next_component(rest);
    auto const second = next_component(rest);
    if (first == "shared" && second == "0")
        return rest.empty() ? "/sdcard" : std::string { "/sdcard/" }.append(rest);
    auto const token = next_component(rest);
    auto const domain = std::ranges::find(kDomains, token, &Domain::token);
    if (first != "apps" || second.empty() || domain == kDomains.end())
        return std::string { "@adb_backup/" }.append(relative);
    auto path = std::string { domain->before }.append(second).append(domain->after);
    return rest.empty() ? path : path.append("/").append(rest);
}

bool is_adb_backup(Container const& container, std::string const& folder)
{
    if (auto const file = single_file(container, folder))
        return adb_backup::has_magic(as_bytes(head_of(container, file->path, kMagicSize)));
    return is_unpacked_backup(container, folder);
}

Result<void> add_adb_backup(
    Assembly& assembly, std::unique_ptr<Source> file, std::string before, OpenOptions const& options)
{
    auto const header = EXHIBIT_TRY(adb_backup::read_header(*file));
    add_fact(assembly.facts, "backup.version", std::to_string(header.version));
    add_fact(assembly.facts, "backup.encrypted", header.encrypted ? "yes" : "no");
    if (header.payload >= file->size()) {
        assembly.tell(
            Fault::missing, "the backup is empty: it was refused on the phone, or no app takes part", before);
        return {};
    }
    auto const tar = EXHIBIT_TRY(open_payload(assembly, std::move(file), header, before, options));
    auto container = EXHIBIT_TRY(TarContainer::open_tar(tar, Compression::none, options));
    assembly.parts.push_back(std::make_unique<FilesPart>(
        FilesPart::Place { std::move(container), {}, std::move(before), path_of_backed_up }));
    return {};
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_adb_backup(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    Assembly assembly { AcquisitionKind::android_backup, "Android backup (adb)",
        std::string { container->form() }, {}, {}, {} };
    if (!folder.empty())
        add_fact(assembly.facts, "container.folder", folder);
    auto const file = single_file(*container, folder);
    if (!file) {
        assembly.parts.push_back(
            std::make_unique<FilesPart>(FilesPart::Place { container, folder, {}, path_of_backed_up }));
        return std::make_unique<AndroidAcquisition>(std::move(assembly));
    }
    auto source = container->open(file->path);
    if (!source)
        return std::unexpected(refusal_of(source.error()));
    if (auto const added = add_adb_backup(assembly, std::move(*source), {}, options); !added)
        return std::unexpected(refusal_of(added.error()));
    return std::make_unique<AndroidAcquisition>(std::move(assembly));
}

} // namespace exhibit::android
