#include "acquisition/android/bug_report.hpp"

#include "acquisition/android/androidqf.hpp"
#include "acquisition/android/device_facts.hpp"
#include "acquisition/android/files.hpp"
#include "acquisition/archive_index.hpp"
#include "acquisition/spool.hpp"
#include "acquisition/zip_container.hpp"
#include "base/text.hpp"
#include "base/utf16.hpp"
#include "formats/gzip/gzip.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <ranges>

namespace exhibit::android {

namespace {

constexpr std::size_t kHead = std::size_t { 64 } << 10U;
constexpr std::size_t kLongestEntryName = 4096;
constexpr std::uint64_t kPointSpan = 1U << 20U; ///< between places to resume from, at first
constexpr std::size_t kMostPoints = 1024;
constexpr std::uint64_t kLargestOtherZip = std::uint64_t { 1 } << 30U; ///< of a name that tells nothing
constexpr std::size_t kMostTexts = 16; ///< of names that tell nothing
constexpr std::uint64_t kLargestText = std::uint64_t { 8 } << 30U;

/// What shows most: a report without one of these leaves a question open.
constexpr std::array<std::string_view, 9> kExpected { "@dumpsys/package", "@dumpsys/activity",
    "@dumpsys/appops", "@dumpsys/accessibility", "@dumpsys/batterystats", "@dumpsys/device_policy",
    "@dumpsys/settings", "@dumpstate/system_properties", "@dumpstate/processes_and_threads" };

std::string path_in_report(std::string_view relative)
{
    if (relative.starts_with("FS/"))
        return std::string { relative.substr(2) };
    return relative == "FS" ? std::string {} : std::string { "@bugreport/" }.append(relative);
}

std::optional<std::string> largest(std::vector<FoundFile> const& files)
{
    auto const found = std::ranges::max_element(files, {}, &FoundFile::size);
    return found == files.end() ? std::nullopt : std::optional { found->path };
}

/// The text that dumpstate wrote. The report names it; older and vendors' reports have it under a name of its
/// own kind.
std::optional<std::string> find_main_text(Container const& container, std::string const& folder)
{
    auto const named = ArchiveIndex::cleaned(
        trimmed(head_of(container, join_path(folder, "main_entry.txt"), kLongestEntryName), " \t\r\n"));
    if (named && !named->empty() && has_file(container, folder, *named))
        return join_path(folder, *named);
    for (std::string_view const pattern :
        { "bugreport*.txt", "dumpstate_*.log", "dumpstate.txt", "dumpsys.txt" })
        if (auto found = largest(files_like(container, folder, pattern)))
            return found;
    for (std::string_view const pattern : { "*.txt", "*.log" })
        for (auto const& file : files_like(container, folder, pattern))
            if (looks_like_dump(to_utf8(head_of(container, file.path, kHead))))
                return file.path;
    return std::nullopt;
}

std::string joined(std::vector<std::string_view> const& words)
{
    std::string text;
    for (auto const word : words)
        text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

} // namespace

void tell_missing_sections(Assembly& assembly, DumpIndex const& index, std::string const& stored, DumpOf dump)
{
    std::vector<std::string_view> missing;
    for (auto const path : kExpected)
        if (index.find(path) == nullptr && (dump == DumpOf::system || path.starts_with("@dumpsys/")))
            missing.push_back(path.substr(path.find('/') + 1));
    if (missing.empty())
        return;
    // Every Android dumps its packages. The rest came with later versions.
    bool const stripped = index.find("@dumpsys/package") == nullptr;
    auto message = "the dump has no section: " + joined(missing)
        + (stripped ? "; the report was cut or stripped, take it again from the phone" : "");
    if (stripped)
        assembly.lose(Fault::missing, std::move(message), stored);
    else
        assembly.tell(Fault::missing, std::move(message), stored);
}

namespace {

/// A text of a container, unpacked when it is compressed. `stored` is its place, for what is said of it.
Result<std::shared_ptr<Source const>> open_text(Assembly& assembly, Container const& container,
    std::string_view path, std::string const& stored, OpenOptions const& options)
{
    std::shared_ptr<Source const> const file = EXHIBIT_TRY(container.open(path));
    if (!gzip::has_magic(as_bytes(head_of(*file, 3))))
        return in_utf8(file);
    gzip::Stream stream { file };
    // What was encrypted is not written to the disk: then only places to resume from are kept.
    bool const in_place = container.secrecy() == Secrecy::memory_only;
    if (in_place)
        stream.note_points(kPointSpan, kMostPoints);
    Spool spool { file->size(), container.secrecy() };
    std::vector<std::byte> piece(std::size_t { 256 } << 10U);
    for (;;) {
        auto const count = stream.read(piece);
        if (!count && stream.position() == 0)
            return std::unexpected(count.error());
        if (!count)
            assembly.lose(count.error().fault,
                "the text is damaged or cut off; what stood before was read: "
                    + std::string { count.error().what },
                stored);
        if (!count || *count == 0)
            break;
        if (!in_place)
            EXHIBIT_TRY(spool.write(Bytes { piece }.first(*count)));
        if (options.stop.stop_requested())
            return fail(Fault::cancelled, "cancelled");
        if (stream.position() > kLargestText)
            return fail(Fault::over_limit, "the text unpacks to more than is read");
    }
    std::shared_ptr<Source const> unpacked;
    if (in_place)
        unpacked = std::make_shared<gzip::GzipSource>(file, stream.take_points(), stream.position());
    else
        unpacked = std::move(spool).finish();
    return in_utf8(std::move(unpacked));
}

/// The zip inside an archive, when there is just one that may be a bug report.
std::optional<std::string> only_zip(Container const& container, std::string const& folder)
{
    if (container.form() == "folder" || container.form() == "single file")
        return std::nullopt;
    auto zips = files_like(container, folder, "bugreport*.zip");
    std::ranges::move(files_like(container, folder, "dumpstate_*.zip"), std::back_inserter(zips));
    if (zips.empty()) {
        zips = files_like(container, folder, "*.zip");
        std::erase_if(zips, [](FoundFile const& zip) { return zip.size > kLargestOtherZip; });
    }
    return zips.size() == 1 ? std::optional { zips.front().path } : std::nullopt;
}

Result<std::shared_ptr<Container const>> open_inner_zip(Container const& container, std::string const& path)
{
    auto source = EXHIBIT_TRY(container.open(path));
    return ZipContainer::open_zip(std::move(source), container.secrecy());
}

/// What lies beside the report that is examined and is one too.
void note_other_reports(
    Assembly& assembly, Container const& container, std::string const& folder, std::string const& examined)
{
    auto const note_where = [&](std::string_view pattern, auto const& is_report) {
        for (auto const& file : files_like(container, folder, pattern) | std::views::take(kMostTexts))
            if (file.path != examined && is_report(file.path))
                assembly.tell(Fault::unsupported,
                    "there is another bug report beside the one that is examined; it was not examined, name "
                    "it by itself",
                    file.path);
    };
    auto const is_text
        = [&](std::string const& path) { return looks_like_dump(to_utf8(head_of(container, path, kHead))); };
    note_where("*.txt", is_text);
    note_where("*.log", is_text);
    note_where("*.zip", [&](std::string const& path) {
        auto const inside = ZipContainer::look_into_zip(container, path);
        return inside && is_bug_report(**inside, {});
    });
}

std::unexpected<Refusal> refuse(Error const& error)
{
    return std::unexpected(
        Refusal { error.fault, "The bug report could not be read: " + std::string { error.what } + ".",
            error.fault == Fault::cancelled ? "Run the same command again to start over."
                                            : "Copy it again, or take it again from the phone." });
}

} // namespace

bool is_unpacked_bug_report(Container const& container, std::string const& folder)
{
    return has_file(container, folder, "main_entry.txt") || has_file(container, folder, "dumpstate_log.txt")
        || (has_folder(container, folder, "FS") && has_file(container, folder, "version.txt"));
}

bool is_bug_report(Container const& container, std::string const& folder)
{
    return is_unpacked_bug_report(container, folder)
        || (container.form() != "single file"
            && (!files_like(container, folder, "bugreport-*.txt").empty()
                || !files_like(container, folder, "dumpstate_*.log").empty()));
}

bool is_folder_with_dump_text(Container const& container, std::string const& folder)
{
    if (container.form() == "single file" || is_part_of_androidqf(container, folder))
        return false;
    for (std::string_view const pattern : { "*.txt", "*.log" }) {
        auto const texts = files_like(container, folder, pattern);
        for (auto const& file : texts | std::views::take(kMostTexts))
            if (looks_like_dump(to_utf8(head_of(container, file.path, kHead))))
                return true;
    }
    return false;
}

bool is_dump_text(Container const& container, std::string const& folder)
{
    auto const file = single_file(container, folder);
    if (!file)
        return false;
    auto head = head_of(container, file->path, kHead);
    if (gzip::has_magic(as_bytes(head))) {
        auto source = container.open(file->path);
        if (!source)
            return false;
        std::string unpacked(kHead, '\0');
        gzip::Stream stream { std::shared_ptr<Source const> { std::move(*source) } };
        auto const count = stream.read_fully(std::as_writable_bytes(std::span { unpacked }));
        head = unpacked.substr(0, count.value_or(0));
    }
    return looks_like_dump(to_utf8(std::move(head)));
}

Result<DumpIndex const*> add_dump(Assembly& assembly, std::shared_ptr<Source const> const& text,
    std::string stored, DumpIndex const* shown, OpenOptions const& options)
{
    options.progress("looking for the dump's sections", 0);
    auto index = EXHIBIT_TRY(index_dump(*text, options));
    auto const place = stored;
    auto part = std::make_unique<SectionsPart>(text, std::move(index), std::move(stored));
    add_property_facts(part->text_of("@dumpstate/system_properties", kMostProperties), assembly.facts);
    add_banner_facts(head_of(*text, kHead), assembly.facts);
    add_fact(assembly.facts, "acquisition.local_time", part->index().started);
    if (add_zone_facts(part->text_of("@dumpsys/time_zone_detector", kHead),
            part->text_of("@dumpsys/alarm", kHead), assembly.facts))
        assembly.tell(Fault::missing,
            "no time zone is named; how far from UTC the phone was at the acquisition holds for all its "
            "local "
            "times: those from before a change of summer time are an hour off",
            place);
    auto const left_out = shown == nullptr ? 0 : part->leave_out(*shown);
    if (left_out != 0)
        assembly.tell(Fault::missing,
            fmt::format(
                "{} read from the bug report and not from this older dump: what was gone when the "
                "report was made minutes later stands here alone; to see it, examine this file by itself",
                counted(left_out, "section is", "sections are")),
            place);
    auto const* const held = &part->index();
    assembly.parts.push_back(std::move(part));
    return held;
}

Result<DumpIndex const*> add_bug_report(Assembly& assembly, std::shared_ptr<Container const> const& container,
    std::string const& folder, std::string const& before, OpenOptions const& options)
{
    auto const main = find_main_text(*container, folder);
    assembly.parts.push_back(
        std::make_unique<FilesPart>(FilesPart::Place { container, folder, before, path_in_report, true }));
    if (!main) {
        assembly.lose(Fault::missing, "the bug report has no main text: no section of it can be read",
            before + "main_entry.txt");
        return static_cast<DumpIndex const*>(nullptr);
    }
    auto const stored = before + *main;
    auto const text = EXHIBIT_TRY(open_text(assembly, *container, *main, stored, options));
    auto const* const index = EXHIBIT_TRY(add_dump(assembly, text, stored, nullptr, options));
    tell_missing_sections(assembly, *index, stored, DumpOf::system);
    return index;
}

namespace {

std::expected<std::unique_ptr<Acquisition>, Refusal> open_report(
    std::shared_ptr<Container const> const& container, std::string const& folder, std::string const& before,
    OpenOptions const& options)
{
    Assembly assembly { AcquisitionKind::android_bugreport, "Android bug report",
        std::string { container->form() }, {}, {}, {} };
    if (!folder.empty())
        add_fact(assembly.facts, "container.folder", folder);
    auto const added = add_bug_report(assembly, container, folder, before, options);
    if (!added && added.error().fault == Fault::cancelled)
        return refuse(added.error());
    if (!added)
        assembly.lose(added.error().fault,
            "the main text could not be read: " + std::string { added.error().what }, {});
    note_other_reports(assembly, *container, folder, find_main_text(*container, folder).value_or(""));
    return std::make_unique<AndroidAcquisition>(std::move(assembly));
}

} // namespace

std::expected<std::unique_ptr<Acquisition>, Refusal> open_bug_report(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    return open_report(container, folder, {}, options);
}

bool is_zipped_bug_report(Container const& container, std::string const& folder)
{
    auto const path = only_zip(container, folder);
    if (!path)
        return false;
    auto const inside = ZipContainer::look_into_zip(container, *path);
    return inside && is_bug_report(**inside, {});
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_zipped_bug_report(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    auto const path = only_zip(*container, folder).value_or("");
    auto inside = open_inner_zip(*container, path);
    if (!inside)
        return refuse(inside.error());
    return open_report(*inside, {}, path + "/", options);
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_dump_text(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options)
{
    auto const file = single_file(*container, folder);
    Assembly assembly { AcquisitionKind::android_bugreport, "Android bug report",
        std::string { container->form() }, {}, {}, {} };
    auto const path = file ? file->path : std::string {};
    auto const text = open_text(assembly, *container, path, path, options);
    if (!text)
        return refuse(text.error());
    auto const index = add_dump(assembly, *text, path, nullptr, options);
    if (!index)
        return refuse(index.error());
    tell_missing_sections(assembly, **index, path, DumpOf::system);
    return std::make_unique<AndroidAcquisition>(std::move(assembly));
}

} // namespace exhibit::android
