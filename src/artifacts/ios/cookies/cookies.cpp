#include "artifact/artifact.hpp"

#include <array>
#include <bit>

namespace exhibit::ios::cookies {
namespace {

using namespace std::string_view_literals;

struct Cookie {
    std::string_view host;
    bool for_subdomains = false;
    std::string_view name;
    std::string_view cookie_path;
    std::int64_t cookie_flags = 0;
    Time created;
    Time expires;
    std::int64_t value_size = 0;
};

constexpr std::array kColumns {
    column<&Cookie::host>("host", Is::domain, "The site that set the cookie.").mvt("-"),
    column<&Cookie::for_subdomains>("for_subdomains", "Whether hosts below this one are told the cookie too.")
        .mvt("-"),
    column<&Cookie::name>(
        "name", Is::opaque, "Name of the cookie, chosen by the site; indicators do not name cookies.")
        .mvt("-"),
    column<&Cookie::cookie_path>(
        "cookie_path", Is::opaque, "Part of the site that it is for; no path of the device.")
        .mvt("-"),
    column<&Cookie::cookie_flags>("cookie_flags", "1 secure connections only, 4 not for scripts.").mvt("-"),
    column<&Cookie::created>("created", Clock::mac, "When it was set.").mvt("-"),
    column<&Cookie::expires>("expires", Clock::mac, "When it expires.").mvt("-"),
    column<&Cookie::value_size>(
        "value_size", "Bytes of its value, which is not kept: it can open an account.")
        .mvt("-"),
};
constexpr std::array kEvents { Event { "created", "cookie_set", "{host} {name}" } };
constexpr auto kCookies = table<Cookie>("ios_cookie", "One row per cookie that a web site or service set.",
    Relation::contacted, kColumns, kEvents);

/// The text at an offset of a cookie's record, up to its NUL.
Result<std::string_view> text_at(Bytes record, std::uint32_t offset, std::uint64_t record_offset)
{
    if (offset >= record.size())
        return fail(Fault::truncated, "a text of a cookie lies past its end", record_offset);
    auto const rest = as_text(record.subspan(offset));
    return rest.substr(0, rest.find('\0'));
}

Result<double> real_of(Reader& reader)
{
    return std::bit_cast<double>(EXHIBIT_TRY(reader.little<std::uint64_t>()));
}

/// A record: size, a number, flags, a number, offsets of host, name, path and value, 8 bytes, two times.
Result<Cookie> read_cookie(Bytes page, std::uint32_t offset, std::uint64_t page_offset)
{
    Reader head { page, page_offset };
    EXHIBIT_TRY(head.seek(offset));
    auto const size = EXHIBIT_TRY(head.little<std::uint32_t>());
    if (size > page.size() - offset)
        return fail(Fault::truncated, "a cookie runs past the end of its page", page_offset + offset);
    auto const record = page.subspan(offset, size);
    Reader reader { record, page_offset + offset };
    EXHIBIT_TRY(reader.skip(8));
    Cookie cookie;
    cookie.cookie_flags = EXHIBIT_TRY(reader.little<std::uint32_t>());
    EXHIBIT_TRY(reader.skip(4));
    auto const host = EXHIBIT_TRY(reader.little<std::uint32_t>());
    auto const name = EXHIBIT_TRY(reader.little<std::uint32_t>());
    auto const path = EXHIBIT_TRY(reader.little<std::uint32_t>());
    auto const value = EXHIBIT_TRY(reader.little<std::uint32_t>());
    EXHIBIT_TRY(reader.skip(8));
    cookie.expires = Time::mac(EXHIBIT_TRY(real_of(reader)));
    cookie.created = Time::mac(EXHIBIT_TRY(real_of(reader)));
    cookie.host = EXHIBIT_TRY(text_at(record, host, page_offset + offset));
    cookie.for_subdomains = cookie.host.starts_with('.');
    if (cookie.for_subdomains)
        cookie.host.remove_prefix(1);
    cookie.name = EXHIBIT_TRY(text_at(record, name, page_offset + offset));
    cookie.cookie_path = EXHIBIT_TRY(text_at(record, path, page_offset + offset));
    cookie.value_size
        = static_cast<std::int64_t>(EXHIBIT_TRY(text_at(record, value, page_offset + offset)).size());
    return cookie;
}

/// A page: four bytes 00 00 01 00, number of cookies, their offsets.
Result<void> read_page(Bytes page, std::uint64_t page_offset, Context& context)
{
    Reader reader { page, page_offset };
    if (EXHIBIT_TRY(reader.big<std::uint32_t>()) != 0x100)
        return fail(Fault::malformed, "a page of cookies does not begin as one", page_offset);
    auto const count = EXHIBIT_TRY(reader.count_of<std::uint32_t>(sizeof(std::uint32_t)));
    for (std::size_t i = 0; i != count; ++i) {
        auto const offset = EXHIBIT_TRY(reader.little<std::uint32_t>());
        auto const cookie = read_cookie(page, offset, page_offset);
        if (cookie)
            EXHIBIT_TRY(context.add(kCookies, *cookie, Origin { page_offset + offset }));
        else
            context.note(Level::warning, cookie.error());
    }
    return {};
}

Result<void> parse(Input const& input, Context& context)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    if (content.bytes().empty())
        return {};
    Reader reader { content.bytes() };
    if (EXHIBIT_TRY(reader.text(4)) != "cook")
        return fail(Fault::unsupported, "not a file of cookies");
    auto const pages = EXHIBIT_TRY(reader.big<std::uint32_t>());
    if (pages > reader.left() / sizeof(std::uint32_t))
        return fail(Fault::malformed, "more pages than the file has room for", reader.offset());
    auto const table = EXHIBIT_TRY(reader.take(pages * sizeof(std::uint32_t)));
    Reader sizes { table };
    for (std::uint32_t i = 0; i != pages; ++i) {
        auto const offset = reader.offset();
        auto const size = EXHIBIT_TRY(sizes.big<std::uint32_t>());
        auto const page = EXHIBIT_TRY(reader.take(size));
        if (auto const read = read_page(page, offset, context); !read) {
            if (read.error().fault == Fault::over_limit || read.error().fault == Fault::cancelled)
                return read;
            context.note(Level::damage, read.error());
        }
    }
    return {};
}

constexpr std::array kPaths { "/private/var/**.binarycookies"sv };
constexpr std::array<Table const*, 1> kTables { &kCookies };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.cookies",
    .title = "Cookies",
    .doc = "Sites and services that set a cookie in an app, and when. Read from files of the form "
           "binarycookies; values are not kept.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::cookies
