#include "artifact/artifact.hpp"
#include "artifacts/ios/common/device_path.hpp"
#include "formats/gzip/gzip.hpp"

#include <array>

namespace exhibit::ios::fsevents {
namespace {

using namespace std::string_view_literals;

struct FsEvent {
    std::int64_t event_id = 0;
    std::string path;
    std::string changes;
    std::int64_t flag_bits = 0;
    std::optional<std::int64_t> node_id;
    Time log_modified;
};

constexpr std::array kColumns {
    column<&FsEvent::event_id>(
        "event_id", "Number of the event: they count up in the order in which things happened.")
        .mvt("-"),
    column<&FsEvent::path>("path", Is::path, "The file or folder.").mvt("-"),
    column<&FsEvent::changes>(
        "changes", Is::opaque, "What happened to it since it was last noted: words for the flags.")
        .mvt("-"),
    column<&FsEvent::flag_bits>("flag_bits", "The flags as stored.").mvt("-"),
    column<&FsEvent::node_id>("node_id", "Number of the file in its file system.").mvt("-"),
    column<&FsEvent::log_modified>("log_modified", Clock::entry_modified,
        "When the file of events was written, as the acquisition has it: the event happened before.")
        .mvt("-"),
};
constexpr auto kEvents = table<FsEvent>(
    "ios_fsevent", "One row per file or folder that something happened to.", Relation::present, kColumns);

struct Flag {
    std::uint32_t bit;
    std::string_view words;
};
constexpr std::array kFlags { Flag { 0x1, "created" }, Flag { 0x2, "removed" }, Flag { 0x4, "metadata" },
    Flag { 0x8, "renamed" }, Flag { 0x10, "modified" }, Flag { 0x20, "exchanged" },
    Flag { 0x40, "finder info" }, Flag { 0x80, "folder created" }, Flag { 0x100, "permissions" },
    Flag { 0x200, "attribute set" }, Flag { 0x400, "attribute removed" }, Flag { 0x4000, "cloned" },
    Flag { 0x20000, "path cut" }, Flag { 0x80000, "last link removed" }, Flag { 0x100000, "hard link" },
    Flag { 0x400000, "link" }, Flag { 0x800000, "file" }, Flag { 0x1000000, "folder" },
    Flag { 0x2000000, "mounted" }, Flag { 0x4000000, "unmounted" } };

std::string words_for(std::uint32_t bits)
{
    std::string words;
    for (auto const& flag : kFlags)
        if ((bits & flag.bit) != 0) {
            words += words.empty() ? "" : ", ";
            words += flag.words;
        }
    return words;
}

/// Paths are told from the root of the volume, `mobile/Library/x` or `private/var/mobile/Library/x`.
std::string whole_path(std::string_view stored, std::string_view volume)
{
    if (stored.starts_with('/'))
        stored.remove_prefix(1);
    if (stored.starts_with("private/"))
        volume = "/";
    return device_path(std::string { volume } + std::string { stored });
}

/// Where the volume is mounted that has its events in its own top folder: the system's, the one of user data
/// as a whole, or of the user `mobile` alone.
std::string_view volume_of(std::string_view path)
{
    if (path.starts_with("/.fseventsd/"))
        return "/";
    return path.find("/mobile/.fseventsd/") != std::string_view::npos ? "/private/var/mobile/"
                                                                      : "/private/var/";
}

/// The newest version of the records: with the file's number, and with one number more.
struct Form {
    bool has_node = false;
    bool has_extra = false;
};

std::optional<Form> form_of(std::string_view magic)
{
    if (magic == "1SLD")
        return Form {};
    if (magic == "2SLD")
        return Form { true, false };
    if (magic == "3SLD")
        return Form { true, true };
    return std::nullopt;
}

Result<FsEvent> read_event(Reader& reader, Form form, std::string_view volume)
{
    auto const rest = as_text(reader.rest());
    auto const end = rest.find('\0');
    if (end == std::string_view::npos)
        return fail(Fault::truncated, "a path has no end", reader.offset());
    FsEvent event;
    event.path = whole_path(EXHIBIT_TRY(reader.text(end)), volume);
    EXHIBIT_TRY(reader.skip(1));
    event.event_id = static_cast<std::int64_t>(EXHIBIT_TRY(reader.little<std::uint64_t>()));
    auto const bits = EXHIBIT_TRY(reader.little<std::uint32_t>());
    event.flag_bits = bits;
    event.changes = words_for(bits);
    if (form.has_node)
        event.node_id = static_cast<std::int64_t>(EXHIBIT_TRY(reader.little<std::uint64_t>()));
    if (form.has_extra)
        EXHIBIT_TRY(reader.skip(sizeof(std::uint32_t)));
    return event;
}

/// The records of a page. What follows one that is damaged is lost, up to the next page.
Result<void> read_page(Reader page, Form form, Time const& log_modified, Input const& input, Context& context)
{
    auto const volume = volume_of(input.path);
    while (page.left() != 0) {
        Origin const origin { page.offset() };
        auto event = read_event(page, form, volume);
        if (!event) {
            context.note(Level::damage, event.error());
            return {};
        }
        event->log_modified = log_modified;
        EXHIBIT_TRY(context.add(kEvents, *event, origin));
    }
    return {};
}

/// A page: magic, a number, its size with these 12 bytes, records.
Result<void> read_pages(Bytes content, Input const& input, Context& context)
{
    constexpr std::size_t page_header = 12;
    auto const log_modified = input.modified_time();
    Reader reader { content };
    while (reader.left() >= page_header) {
        auto const start = reader.offset();
        auto const form = form_of(EXHIBIT_TRY(reader.text(4)));
        EXHIBIT_TRY(reader.skip(4));
        auto const size = EXHIBIT_TRY(reader.little<std::uint32_t>());
        if (!form || size < page_header)
            return fail(Fault::malformed, "a page of events does not begin as one", start);
        auto const events = reader.rest().first(std::min<std::size_t>(reader.left(), size - page_header));
        EXHIBIT_TRY(read_page(Reader { events, start + page_header }, *form, log_modified, input, context));
        EXHIBIT_TRY(reader.skip(size - page_header));
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.source->size() == 0 || input.path.ends_with("/fseventsd-uuid"))
        return {};
    auto const unpacked = gzip::unpack(*input.source, context.limits().whole_file);
    auto const read = read_pages(unpacked.bytes, input, context);
    bool const ended
        = !read && (read.error().fault == Fault::over_limit || read.error().fault == Fault::cancelled);
    if (unpacked.damage && !ended)
        return std::unexpected(*unpacked.damage);
    return read;
}

constexpr std::array kPaths {
    "/private/var/.fseventsd/*"sv,
    "/private/var/mobile/.fseventsd/*"sv,
    "/private/var/db/fseventsd/*"sv,
    "/.fseventsd/*"sv,
};
constexpr std::array<Table const*, 1> kTables { &kEvents };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.fsevents",
    .title = "File system events",
    .doc = "Files and folders that were created, changed and removed: also of those that are gone. The "
           "events tell their order and no "
           "times. Read from the packed files in .fseventsd and fseventsd.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::fsevents
