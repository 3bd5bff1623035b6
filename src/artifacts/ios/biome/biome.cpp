#include "artifacts/ios/biome/streams.hpp"
#include "base/text.hpp"
#include "formats/segb/segb.hpp"

namespace exhibit::ios::biome {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostOtherText = 16U << 10U;

/// What the path of a file says: `.../streams/restricted/App.InFocus/local/123`, or `.../remote/DEVICE/123`,
/// or in a folder `tombstone` below these.
struct Place {
    std::string_view stream;
    std::optional<std::string> device_id;
    bool is_tombstone = false;
};

std::string_view next_part(std::string_view& path)
{
    auto const slash = path.find('/');
    auto const part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    return part;
}

Place place_of(std::string_view path)
{
    constexpr auto streams_folder = "/streams/"sv;
    Place place;
    auto rest = path.substr(std::min(path.size(), path.find(streams_folder) + streams_folder.size()));
    next_part(rest); // `public` or `restricted`
    place.stream = next_part(rest);
    if (next_part(rest) == "remote" && rest.find('/') != std::string_view::npos)
        place.device_id = next_part(rest);
    place.is_tombstone = next_part(rest) == "tombstone" && !rest.empty();
    return place;
}

/// Reads the records of one file of a stream.
class SegmentReader {
public:
    SegmentReader(Place place, Context& context)
        : m_place(std::move(place))
        , m_stream(
              m_place.is_tombstone ? Stream { m_place.stream, &kRecords, {} } : find_stream(m_place.stream))
        , m_context(context)
    {
    }

    Result<void> read(segb::File& file)
    {
        Segment segment { m_place.stream, m_place.device_id, m_place.is_tombstone };
        m_version = file.version();
        segment.format_version = m_version;
        if (file.created())
            segment.created = Time::mac(*file.created());
        segb::Record stored;
        while (file.next(stored)) {
            ++segment.records;
            bool const deleted = stored.state() == segb::State::deleted;
            segment.deleted_records += deleted ? 1 : 0;
            segment.erased_records += deleted && stored.erased() ? 1 : 0;
            EXHIBIT_TRY(add(stored));
        }
        EXHIBIT_TRY(m_context.add(kSegments, segment, {}));
        if (file.damage())
            m_context.note(Level::damage, *file.damage());
        return {};
    }

private:
    Result<void> add(segb::Record const& stored)
    {
        bool const deleted = stored.state() == segb::State::deleted;
        Origin const origin { stored.offset,
            stored.past_end ? Recovered::left_over
                : deleted   ? Recovered::deleted_record
                            : Recovered::live };
        // A wrong checksum says that the bytes are another record's: they are told, and not taken for what
        // the stream's records hold.
        bool const known = stored.checksum_ok && stored.state() != segb::State::unknown && !stored.erased();
        if (stored.state() == segb::State::written && !stored.checksum_ok)
            m_context.note(m_version == 1 ? Level::damage : Level::note, Fault::malformed,
                "the checksum of a record is wrong", origin);
        Record row;
        row.stream = m_place.stream;
        row.device_id = m_place.device_id;
        if (stored.written)
            row.written = Time::mac(*stored.written);
        row.record_state = name_of(stored.state());
        row.payload_size = stored.erased() ? 0 : static_cast<std::int64_t>(stored.payload.size());
        row.checksum_ok = stored.checksum_ok;
        row.is_tombstone = m_place.is_tombstone;
        if (!stored.erased())
            read_payload(stored, known, row);
        if (row.happened.absent())
            row.happened = row.written;
        if (row.chat)
            row.chat_account = account_in_chat(*row.chat);
        if (!row.handle)
            row.handle = row.chat_account;
        if (row.handle)
            row.relation = "contacted";
        return m_context.add(known ? *m_stream.table : kRecords, row, origin);
    }

    void read_payload(segb::Record const& stored, bool known, Record& row)
    {
        auto const fields = known ? m_stream.fields : std::span<ios::MessageField<Record> const> {};
        ios::MessageFiller<Record> filler { fields, row, kMostOtherText };
        Origin const origin { stored.payload_offset };
        auto const read = filler.read(protobuf::MessageReader { stored.payload, stored.payload_offset });
        if (!read && stored.checksum_ok)
            m_context.note(Level::note, Fault::unsupported,
                "what a record holds is no message; only a part of it is told", origin);
        if (filler.others().cut())
            m_context.note(Level::note, Fault::over_limit,
                "further values of a record were left out: they are longer than the limit", origin);
        if (!filler.others().text().empty())
            row.other_values = filler.others().text();
    }

    Place m_place;
    Stream m_stream;
    Context& m_context;
    unsigned m_version = 0; ///< in version 2 the place of a record may have been given to another one
};

Result<void> parse(Input const& input, Context& context)
{
    auto place = place_of(input.path);
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    auto file = segb::File::open(content.bytes());
    // Locks and settings stand beside the files, whose names are numbers.
    bool const is_segment = base_name(input.path).find_first_not_of("0123456789") == std::string_view::npos;
    if (!file && (!is_segment || content.bytes().empty()))
        return context.add(kSegments, Segment { place.stream, place.device_id, place.is_tombstone }, {});
    if (!file)
        return std::unexpected(file.error());
    return SegmentReader { std::move(place), context }.read(*file);
}

constexpr std::array kPaths {
    "/private/var/**/Biome/streams/**"sv,
    "/private/var/**/biome/streams/**"sv,
};
constexpr std::array<Table const*, 8> kTables { &kApps, &kInstalls, &kPages, &kNotifications, &kMessages,
    &kDeviceStates, &kRecords, &kSegments };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.biome",
    .title = "Device use (Biome)",
    .doc
    = "Which apps were used and installed, which pages opened, which notifications and messages came, when "
      "the device was locked, started and connected: what knowledgeC told before iOS 16, and more. Read from "
      "the streams in Biome, also from records that are marked as deleted. Reaches back about four weeks; "
      "of deleted records often only the time is left. Records of streams that are not known in detail are "
      "listed with all values that can be told from them.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::ios::biome
