#include "formats/mbdb/mbdb.hpp"

#include <array>

namespace exhibit::mbdb {

namespace {

// "mbdb" and version 5.0; no other version is known.
constexpr std::string_view kMagic { "mbdb\x05\x00", 6 };
constexpr std::uint16_t kNoText = 0xFFFF;

Result<void> read_text(SourceReader& reader, std::string& into)
{
    into.clear();
    auto const size = EXHIBIT_TRY(reader.big<std::uint16_t>());
    if (size != kNoText)
        into = as_text(EXHIBIT_TRY(reader.take(size)));
    return {};
}

Result<void> skip_text(SourceReader& reader)
{
    auto const size = EXHIBIT_TRY(reader.big<std::uint16_t>());
    if (size != kNoText)
        EXHIBIT_TRY(reader.take(size));
    return {};
}

Result<void> read_record(SourceReader& reader, Record& record)
{
    EXHIBIT_TRY(read_text(reader, record.domain));
    EXHIBIT_TRY(read_text(reader, record.path));
    EXHIBIT_TRY(read_text(reader, record.target));
    EXHIBIT_TRY(read_text(reader, record.digest));
    EXHIBIT_TRY(read_text(reader, record.key));
    record.mode = EXHIBIT_TRY(reader.big<std::uint16_t>());
    record.inode = EXHIBIT_TRY(reader.big<std::uint64_t>());
    record.user = EXHIBIT_TRY(reader.big<std::uint32_t>());
    record.group = EXHIBIT_TRY(reader.big<std::uint32_t>());
    record.modified = EXHIBIT_TRY(reader.big<std::uint32_t>());
    record.accessed = EXHIBIT_TRY(reader.big<std::uint32_t>());
    record.changed = EXHIBIT_TRY(reader.big<std::uint32_t>());
    record.size = EXHIBIT_TRY(reader.big<std::uint64_t>());
    record.protection_class = EXHIBIT_TRY(reader.big<std::uint8_t>());
    auto const properties = EXHIBIT_TRY(reader.big<std::uint8_t>());
    for (unsigned i = 0; i < 2U * properties; ++i)
        EXHIBIT_TRY(skip_text(reader));
    return {};
}

} // namespace

bool has_magic(Source const& source)
{
    std::array<std::byte, kMagic.size()> head {};
    auto const read = source.read_at(0, head);
    return read && as_text(Bytes { head }.first(*read)) == kMagic;
}

Result<void> visit(Source const& source, std::function<bool(Record const&, std::uint64_t)> const& visitor)
{
    if (!has_magic(source))
        return fail(Fault::malformed, "not a Manifest.mbdb of a known version");
    SourceReader reader { source, kMagic.size() };
    Record record;
    while (reader.left() != 0) {
        auto const offset = reader.offset();
        EXHIBIT_TRY(read_record(reader, record));
        if (!visitor(record, offset))
            break;
    }
    return {};
}

Result<Record> record_at(Source const& source, std::uint64_t offset)
{
    SourceReader reader { source, offset };
    Record record;
    EXHIBIT_TRY(read_record(reader, record));
    return record;
}

} // namespace exhibit::mbdb
