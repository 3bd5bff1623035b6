#include "formats/tzif/tzif.hpp"

#include "formats/tzif/posix_rule.hpp"

#include <vector>

namespace exhibit {
namespace {

constexpr std::int64_t kEarliest = -(std::int64_t { 1 } << 59); // RFC 8536, 3.2

struct Header {
    std::uint8_t version = 0;
    std::size_t utc_flags = 0;
    std::size_t standard_flags = 0;
    std::size_t leaps = 0;
    std::size_t changes = 0;
    std::size_t types = 0;
    std::size_t letters = 0;

    [[nodiscard]] std::size_t body_size(std::size_t time_size) const
    {
        return changes * (time_size + 1) + types * 6 + letters + leaps * (time_size + 4) + standard_flags
            + utc_flags;
    }
};

Result<Header> read_header(Reader& reader)
{
    if (EXHIBIT_TRY(reader.text(4)) != "TZif")
        return fail(Fault::malformed, "not a compiled time zone", reader.offset());
    Header header;
    auto const version = EXHIBIT_TRY(reader.text(1));
    header.version = version.front() == 0 ? std::uint8_t { 1 } : static_cast<std::uint8_t>(version[0] - '0');
    EXHIBIT_TRY(reader.skip(15));
    for (auto* count : { &header.utc_flags, &header.standard_flags, &header.leaps, &header.changes,
             &header.types, &header.letters }) {
        *count = EXHIBIT_TRY(reader.big<std::uint32_t>());
        if (*count > 100'000) // The largest zone has a few hundred changes.
            return fail(Fault::over_limit, "a time zone with too many changes", reader.offset());
    }
    if (header.types == 0)
        return fail(Fault::malformed, "a time zone without a type", reader.offset());
    return header;
}

template<typename T> Result<Zone> read_body(Reader& reader, Header const& header, std::string_view name)
{
    if (header.body_size(sizeof(T)) > reader.left())
        return fail(Fault::truncated, "the time zone ends early", reader.offset());
    std::vector<Zone::Change> changes(header.changes);
    for (auto& change : changes) {
        using Signed = std::make_signed_t<T>;
        change.at = static_cast<Signed>(EXHIBIT_TRY(reader.big<T>()));
    }
    auto const indices = EXHIBIT_TRY(reader.take(header.changes));
    std::vector<std::int32_t> offsets(header.types);
    for (auto& offset : offsets) {
        offset = static_cast<std::int32_t>(EXHIBIT_TRY(reader.big<std::uint32_t>()));
        EXHIBIT_TRY(reader.skip(2)); // daylight flag, abbreviation
        if (offset < -93'599 || offset > 93'599) // RFC 8536, 3.2: less than 26 hours
            return fail(Fault::malformed, "an impossible offset from UTC", reader.offset());
    }
    EXHIBIT_TRY(
        reader.skip(header.body_size(sizeof(T)) - header.changes * (sizeof(T) + 1) - header.types * 6));
    for (std::size_t i = 0; i != changes.size(); ++i) {
        auto const type = std::to_integer<std::size_t>(indices[i]);
        bool const plausible = changes[i].at >= kEarliest && changes[i].at <= -kEarliest;
        if (type >= offsets.size() || !plausible || (i != 0 && changes[i].at <= changes[i - 1].at))
            return fail(Fault::malformed, "a time zone's changes are out of order");
        changes[i].offset = offsets[type];
    }
    if (header.version > 1 && reader.left() > 2)
        append_rule(as_text(reader.rest()), changes);
    return Zone { std::string { name }, offsets.front(), std::move(changes) };
}

} // namespace

Result<Zone> read_tzif(Bytes file, std::string_view name)
{
    Reader reader { file };
    auto const header = EXHIBIT_TRY(read_header(reader));
    if (header.version < 2)
        return read_body<std::uint32_t>(reader, header, name);
    EXHIBIT_TRY(reader.skip(header.body_size(4))); // Version 1 data, for readers without 64 bits.
    auto const wide = EXHIBIT_TRY(read_header(reader));
    return read_body<std::uint64_t>(reader, wide, name);
}

} // namespace exhibit
