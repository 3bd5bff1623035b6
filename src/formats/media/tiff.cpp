#include "formats/media/tiff.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace exhibit::media {
namespace {

constexpr std::size_t kMostDirectories = 64;
constexpr std::size_t kMostFields = 4'096;
constexpr std::uint64_t kMostValues = 100'000;
constexpr std::size_t kMostFrames = 10'000; ///< beginnings of JPEG data that are looked at in one file

enum Tag : std::uint16_t {
    width = 256,
    height = 257,
    compression = 259,
    strip_offsets = 273,
    samples_per_pixel = 277,
    planar = 284,
    tile_width = 322,
    tile_height = 323,
    tile_offsets = 324,
    tile_sizes = 325,
    sub_directories = 330,
    opcode_list_1 = 51'008,
    opcode_list_2 = 51'009,
    opcode_list_3 = 51'022,
};

struct Field {
    std::uint16_t type = 0;
    std::uint32_t count = 0;
    std::uint64_t at = 0; ///< where its value stands
    std::uint64_t length = 0; ///< of its value, as many bytes as are there
};

class Tiff {
public:
    Tiff(Source const& file, bool big)
        : m_file(file)
        , m_big(big)
    {
    }

    Result<TiffShape> read()
    {
        auto const bytes = EXHIBIT_TRY(read_at(4, sizeof(std::uint32_t)));
        Reader header { bytes };
        auto const first = EXHIBIT_TRY(number<std::uint32_t>(header));
        std::vector<std::uint32_t> queue { first };
        std::set<std::uint32_t> seen;
        while (!queue.empty() && m_shape.directories < kMostDirectories) {
            auto const at = queue.back();
            queue.pop_back();
            if (at == 0 || !seen.insert(at).second)
                continue;
            ++m_shape.directories;
            // What cannot be read of one directory says nothing about the next.
            if (!read_directory(at, queue))
                m_shape.is_whole = false;
        }
        return m_shape;
    }

private:
    using Fields = std::map<std::uint16_t, Field>;

    template<typename T> Result<T> number(Reader& reader) const
    {
        return m_big ? reader.big<T>() : reader.little<T>();
    }

    /// As many bytes as are there.
    [[nodiscard]] Result<std::vector<std::byte>> read_at(std::uint64_t offset, std::uint64_t length) const
    {
        auto const left = offset < m_file.size() ? m_file.size() - offset : 0;
        std::vector<std::byte> bytes(static_cast<std::size_t>(std::min(length, left)));
        if (!bytes.empty())
            bytes.resize(EXHIBIT_TRY(m_file.read_at(offset, bytes)));
        return bytes;
    }

    static std::uint64_t size_of(std::uint16_t type)
    {
        constexpr std::array<std::uint8_t, 14> sizes { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4 };
        return type < sizes.size() ? sizes[type] : 0;
    }

    Result<void> read_directory(std::uint32_t at, std::vector<std::uint32_t>& queue)
    {
        constexpr std::size_t field_size = 12;
        auto const head = EXHIBIT_TRY(read_at(at, sizeof(std::uint16_t)));
        Reader counter { head };
        auto const stated = EXHIBIT_TRY(number<std::uint16_t>(counter));
        auto const count = std::min<std::size_t>(stated, kMostFields);
        auto const begin = std::uint64_t { at } + head.size();
        auto const bytes = EXHIBIT_TRY(read_at(begin, count * field_size + sizeof(std::uint32_t)));
        Reader reader { bytes, begin };
        Fields fields;
        for (std::size_t i = 0; i != count; ++i) {
            auto const tag = EXHIBIT_TRY(number<std::uint16_t>(reader));
            fields[tag] = EXHIBIT_TRY(read_field(reader));
        }
        look_at(fields);
        for (auto const offset : values(fields, sub_directories))
            queue.push_back(static_cast<std::uint32_t>(offset));
        queue.push_back(EXHIBIT_TRY(number<std::uint32_t>(reader)));
        return {};
    }

    Result<Field> read_field(Reader& reader)
    {
        Field field;
        field.type = EXHIBIT_TRY(number<std::uint16_t>(reader));
        field.count = EXHIBIT_TRY(number<std::uint32_t>(reader));
        field.at = reader.offset();
        auto const length = size_of(field.type) * field.count;
        auto const outside = EXHIBIT_TRY(number<std::uint32_t>(reader));
        if (length > sizeof outside)
            field.at = outside;
        field.length = std::min(length, field.at < m_file.size() ? m_file.size() - field.at : 0);
        m_shape.is_whole = m_shape.is_whole && field.length == length;
        return field;
    }

    /// The numbers of a field, as far as they are there.
    [[nodiscard]] std::vector<std::uint64_t> values(
        Fields const& fields, std::uint16_t tag, std::uint64_t most = kMostValues) const
    {
        std::vector<std::uint64_t> out;
        auto const found = fields.find(tag);
        if (found == fields.end())
            return out;
        auto const& field = found->second;
        auto const bytes = read_at(field.at, std::min(field.length, most * sizeof(std::uint32_t)));
        if (!bytes)
            return out;
        Reader reader { *bytes };
        for (std::uint64_t i = 0; i != std::min<std::uint64_t>(field.count, most); ++i) {
            if (field.type == 3) {
                auto const value = number<std::uint16_t>(reader);
                if (!value)
                    break;
                out.push_back(*value);
            } else if (field.type == 4 || field.type == 13) {
                auto const value = number<std::uint32_t>(reader);
                if (!value)
                    break;
                out.push_back(*value);
            } else {
                break;
            }
        }
        return out;
    }

    [[nodiscard]] std::optional<std::uint64_t> value(Fields const& fields, std::uint16_t tag) const
    {
        auto const all = values(fields, tag, 1);
        return all.empty() ? std::nullopt : std::optional { all.front() };
    }

    void look_at(Fields const& fields)
    {
        for (auto const tag : { opcode_list_1, opcode_list_2, opcode_list_3 })
            if (auto const found = fields.find(tag); found != fields.end())
                look_at_opcodes(found->second);
        look_at_tiles(fields);
        for (auto const tag : { tile_offsets, strip_offsets })
            for (auto const offset : values(fields, tag))
                m_shape.is_whole = m_shape.is_whole && offset < m_file.size();
        constexpr std::uint64_t jpeg = 7;
        if (value(fields, compression) != jpeg || value(fields, samples_per_pixel) != 2)
            return;
        for (auto const tag : { tile_offsets, strip_offsets })
            for (auto const offset : values(fields, tag))
                if (m_frames++ < kMostFrames && components_at(offset) == 1)
                    m_shape.components_differ = true;
    }

    /// A list begins with a count, whatever the byte order of the file; an opcode has 16 bytes before its
    /// own.
    void look_at_opcodes(Field const& list)
    {
        constexpr std::size_t smallest = 16;
        auto const bytes = read_at(list.at, std::min<std::uint64_t>(list.length, sizeof(std::uint32_t)));
        Reader reader { bytes ? Bytes { *bytes } : Bytes {} };
        auto const count = reader.big<std::uint32_t>();
        if (!count)
            return;
        m_shape.opcodes = std::max(m_shape.opcodes, *count);
        if (*count > (list.length - sizeof *count) / smallest)
            m_shape.opcodes_impossible = true;
    }

    void look_at_tiles(Fields const& fields)
    {
        auto const offsets = fields.find(tile_offsets);
        auto const across = value(fields, tile_width);
        auto const down = value(fields, tile_height);
        auto const wide = value(fields, width);
        auto const high = value(fields, height);
        if (offsets == fields.end() || !across || !down || !wide || !high || *across == 0 || *down == 0)
            return;
        auto needed = ((*wide + *across - 1) / *across) * ((*high + *down - 1) / *down);
        if (value(fields, planar) == 2)
            needed *= value(fields, samples_per_pixel).value_or(1);
        auto const sizes = fields.find(tile_sizes);
        if (offsets->second.count != needed
            || (sizes != fields.end() && sizes->second.count != offsets->second.count))
            m_shape.tiles_differ = true;
    }

    /// The components that the frame header of lossless JPEG data (SOF3) states.
    [[nodiscard]] std::optional<unsigned> components_at(std::uint64_t offset) const
    {
        constexpr std::size_t most_markers = 64;
        constexpr std::size_t header = 4; // A marker and the length of what follows, that included.
        constexpr std::size_t frame = 6;
        if (big_at(offset) != 0xFFD8)
            return std::nullopt;
        offset += sizeof(std::uint16_t);
        for (std::size_t i = 0; i != most_markers; ++i) {
            auto const marker = big_at(offset).value_or(0);
            auto const length = big_at(offset + sizeof(std::uint16_t)).value_or(0);
            if (marker < 0xFF00 || length < 2)
                return std::nullopt;
            if (marker == 0xFFC3) {
                auto const content = read_at(offset + header, std::min<std::uint64_t>(frame, length - 2U));
                return content && content->size() == frame
                    ? std::optional { std::to_integer<unsigned>(content->back()) }
                    : std::nullopt;
            }
            offset += sizeof(std::uint16_t) + length;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<std::uint16_t> big_at(std::uint64_t offset) const
    {
        auto const bytes = read_at(offset, sizeof(std::uint16_t));
        Reader reader { bytes ? Bytes { *bytes } : Bytes {} };
        auto const number = reader.big<std::uint16_t>();
        return number ? std::optional { *number } : std::nullopt;
    }

    Source const& m_file;
    bool m_big;
    std::size_t m_frames = 0;
    TiffShape m_shape;
};

} // namespace

Result<TiffShape> read_tiff_shape(Source const& file)
{
    std::array<std::byte, 2> head {};
    auto const count = EXHIBIT_TRY(file.read_at(0, head));
    Reader reader { Bytes { head }.first(count) };
    auto const order = EXHIBIT_TRY(reader.text(2));
    if (order != "II" && order != "MM")
        return fail(Fault::malformed, "no TIFF file");
    return Tiff { file, order == "MM" }.read();
}

} // namespace exhibit::media
