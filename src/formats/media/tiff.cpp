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
    Bytes value; ///< as many bytes as are there
};

class Tiff {
public:
    Tiff(Bytes file, bool big)
        : m_file(file)
        , m_big(big)
    {
    }

    Result<TiffShape> read()
    {
        Reader header { m_file };
        EXHIBIT_TRY(header.skip(4));
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
            (void)read_directory(at, queue);
        }
        return m_shape;
    }

private:
    using Fields = std::map<std::uint16_t, Field>;

    template<typename T> Result<T> number(Reader& reader) const
    {
        return m_big ? reader.big<T>() : reader.little<T>();
    }

    [[nodiscard]] Bytes from(std::uint64_t offset, std::uint64_t length) const
    {
        if (offset >= m_file.size())
            return {};
        return m_file.subspan(offset, std::min<std::uint64_t>(length, m_file.size() - offset));
    }

    static std::uint64_t size_of(std::uint16_t type)
    {
        constexpr std::array<std::uint8_t, 14> sizes { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4 };
        return type < sizes.size() ? sizes[type] : 0;
    }

    Result<void> read_directory(std::uint32_t at, std::vector<std::uint32_t>& queue)
    {
        Reader reader { from(at, m_file.size()) };
        auto const count = EXHIBIT_TRY(number<std::uint16_t>(reader));
        Fields fields;
        for (std::size_t i = 0; i != std::min<std::size_t>(count, kMostFields); ++i) {
            auto const tag = EXHIBIT_TRY(number<std::uint16_t>(reader));
            fields[tag] = EXHIBIT_TRY(read_field(reader));
        }
        look_at(fields);
        for (auto const offset : values(fields, sub_directories))
            queue.push_back(static_cast<std::uint32_t>(offset));
        queue.push_back(EXHIBIT_TRY(number<std::uint32_t>(reader)));
        return {};
    }

    Result<Field> read_field(Reader& reader) const
    {
        Field field;
        field.type = EXHIBIT_TRY(number<std::uint16_t>(reader));
        field.count = EXHIBIT_TRY(number<std::uint32_t>(reader));
        auto const inside = EXHIBIT_TRY(reader.take(4));
        auto const length = size_of(field.type) * field.count;
        if (length <= inside.size()) {
            field.value = inside.first(length);
        } else {
            Reader offset { inside };
            field.value = from(EXHIBIT_TRY(number<std::uint32_t>(offset)), length);
        }
        return field;
    }

    /// The numbers of a field, as far as they are there.
    [[nodiscard]] std::vector<std::uint64_t> values(Fields const& fields, std::uint16_t tag) const
    {
        std::vector<std::uint64_t> out;
        auto const found = fields.find(tag);
        if (found == fields.end())
            return out;
        auto const& field = found->second;
        Reader reader { field.value };
        for (std::uint64_t i = 0; i != std::min<std::uint64_t>(field.count, kMostValues); ++i) {
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
        auto const all = values(fields, tag);
        return all.empty() ? std::nullopt : std::optional { all.front() };
    }

    void look_at(Fields const& fields)
    {
        for (auto const tag : { opcode_list_1, opcode_list_2, opcode_list_3 })
            if (auto const found = fields.find(tag); found != fields.end())
                look_at_opcodes(found->second);
        look_at_tiles(fields);
        constexpr std::uint64_t jpeg = 7;
        if (value(fields, compression) != jpeg || value(fields, samples_per_pixel) != 2)
            return;
        for (auto const tag : { tile_offsets, strip_offsets })
            for (auto const offset : values(fields, tag))
                if (components_at(offset) == 1)
                    m_shape.components_differ = true;
    }

    /// A list begins with a count, whatever the byte order of the file; an opcode has 16 bytes before its
    /// own.
    void look_at_opcodes(Field const& list)
    {
        constexpr std::size_t smallest = 16;
        Reader reader { list.value };
        auto const count = reader.big<std::uint32_t>();
        if (!count)
            return;
        m_shape.opcodes = std::max(m_shape.opcodes, *count);
        if (*count > reader.left() / smallest)
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
        Reader reader { from(offset, m_file.size()) };
        if (reader.big<std::uint16_t>().value_or(0) != 0xFFD8)
            return std::nullopt;
        for (std::size_t i = 0; i != most_markers; ++i) {
            auto const marker = reader.big<std::uint16_t>().value_or(0);
            auto const length = reader.big<std::uint16_t>().value_or(0);
            if (marker < 0xFF00 || length < 2)
                return std::nullopt;
            auto const content = reader.take(length - 2U);
            if (!content)
                return std::nullopt;
            if (marker == 0xFFC3)
                return content->size() < 6 ? std::nullopt
                                           : std::optional { std::to_integer<unsigned>((*content)[5]) };
        }
        return std::nullopt;
    }

    Bytes m_file;
    bool m_big;
    TiffShape m_shape;
};

} // namespace

Result<TiffShape> read_tiff_shape(Bytes file)
{
    Reader reader { file };
    auto const order = EXHIBIT_TRY(reader.text(2));
    if (order != "II" && order != "MM")
        return fail(Fault::malformed, "no TIFF file");
    return Tiff { file, order == "MM" }.read();
}

} // namespace exhibit::media
