#include "artifacts/common/media_check.hpp"

#include "base/text.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/media/kind.hpp"
#include "formats/media/pdf.hpp"
#include "formats/media/tail.hpp"
#include "formats/media/tiff.hpp"
#include "formats/media/truetype.hpp"
#include "formats/media/vp8l.hpp"
#include "formats/zip/zip.hpp"

namespace exhibit {
namespace {

using media::Kind;

constexpr std::size_t kLargestFile = 64U << 20U; ///< that is read whole; attachments are smaller
constexpr std::size_t kLargestPicture = 8U << 20U; ///< inside of a pass
constexpr std::uint64_t kMostPictures = 64;

bool is_picture(Kind kind)
{
    return kind == Kind::gif || kind == Kind::png || kind == Kind::jpeg || kind == Kind::webp
        || kind == Kind::heif || kind == Kind::tiff;
}

/// Looks at one file; what it is decides what is looked at.
class Check {
public:
    Check(Input const& input, Context& context, MediaTables const& tables)
        : m_input(input)
        , m_context(context)
        , m_tables(tables)
    {
        m_file.path = input.path;
        m_file.file_name = base_name(input.path);
        m_file.size = static_cast<std::int64_t>(input.source->size());
        if (input.modified)
            m_file.modified = Time::unix_seconds(
                std::chrono::duration_cast<std::chrono::seconds>(input.modified->time_since_epoch()).count());
    }

    Result<void> run(std::string_view came_by)
    {
        m_file.came_by = came_by;
        std::array<std::byte, 64> head {};
        auto const count = EXHIBIT_TRY(m_input.source->read_at(0, head));
        m_kind = media::kind_of(Bytes { head }.first(count));
        m_file.kind = media::name_of(m_kind);
        EXHIBIT_TRY(check_name(m_file.file_name, m_kind));
        if (m_kind == Kind::pdf || m_kind == Kind::webp || m_kind == Kind::font)
            EXHIBIT_TRY(check_content());
        if (m_kind == Kind::tiff)
            EXHIBIT_TRY(check_tiff(*m_input.source));
        if (is_picture(m_kind))
            EXHIBIT_TRY(check_end());
        auto const name = to_lower(m_file.file_name);
        if (m_kind == Kind::zip && (name.ends_with(".pkpass") || name.ends_with(".watchface")))
            EXHIBIT_TRY(check_pass());
        return m_context.add(m_tables.files, m_file, {});
    }

private:
    void did(std::string_view check)
    {
        m_file.checks += m_file.checks.empty() ? "" : " ";
        m_file.checks += check;
    }

    Result<void> say(std::string_view check, std::uint64_t amount, std::uint64_t allowed, Origin origin = {})
    {
        MediaAnomaly row;
        row.path = m_file.path;
        row.came_by = m_file.came_by;
        row.part = m_part;
        row.check = check;
        row.kind = media::name_of(m_kind);
        row.amount = static_cast<std::int64_t>(std::min<std::uint64_t>(amount, INT64_MAX));
        row.allowed = static_cast<std::int64_t>(allowed);
        row.modified = m_file.modified;
        return m_context.add(m_tables.anomalies, row, origin);
    }

    Result<void> check_name(std::string_view name, Kind kind)
    {
        auto const kinds = media::kinds_by_name(name);
        if (kinds.empty() || kind == Kind::unknown)
            return {};
        if (m_part.empty())
            did("name");
        return std::ranges::find(kinds, kind) == kinds.end() ? say("kind_differs", 0, 0) : Result<void> {};
    }

    Result<void> check_content()
    {
        auto const content = read_all(*m_input.source, std::min(kLargestFile, m_context.limits().whole_file));
        if (!content) {
            m_context.note(Level::warning, content.error().fault,
                "the structure of this attachment was not checked: it is too large or cannot be read");
            return {};
        }
        return check_bytes(content->bytes(), m_kind);
    }

    Result<void> check_bytes(Bytes bytes, Kind kind)
    {
        if (kind == Kind::pdf)
            return check_pdf(bytes);
        if (kind == Kind::webp)
            return check_webp(bytes);
        if (kind == Kind::font)
            return check_font(bytes);
        return kind == Kind::tiff ? check_tiff(MemorySource { bytes }) : Result<void> {};
    }

    /// What a check cannot read is no evidence of anything, but was not checked either.
    template<typename T> bool readable(Result<T> const& shape)
    {
        if (!shape)
            m_context.note(Level::note, shape.error());
        return shape.has_value();
    }

    Result<void> check_pdf(Bytes bytes)
    {
        auto const shape = media::read_pdf_shape(bytes);
        if (!readable(shape))
            return {};
        did("jbig2 font");
        if (shape->largest_symbol_sum > UINT32_MAX)
            EXHIBIT_TRY(say("jbig2_symbols", shape->largest_symbol_sum, UINT32_MAX));
        return shape->font_adjusts != 0 ? say("font_adjust", shape->font_adjusts, 0) : Result<void> {};
    }

    Result<void> check_webp(Bytes bytes)
    {
        auto const shape = media::read_vp8l_shape(bytes);
        if (!readable(shape))
            return {};
        did("webp");
        return shape->overflows() ? say("webp_codes", shape->largest_need, shape->room) : Result<void> {};
    }

    Result<void> check_font(Bytes bytes)
    {
        auto const programs = media::read_font_programs(bytes);
        if (!readable(programs))
            return {};
        did("font");
        return programs->adjust != 0 ? say("font_adjust", programs->adjust, 0) : Result<void> {};
    }

    Result<void> check_tiff(Source const& file)
    {
        auto const shape = media::read_tiff_shape(file);
        if (!readable(shape))
            return {};
        did("dng");
        if (shape->components_differ)
            EXHIBIT_TRY(say("dng_components", 2, 1));
        if (shape->tiles_differ)
            EXHIBIT_TRY(say("dng_tiles", 0, 0));
        return shape->opcodes_impossible ? say("dng_opcodes", shape->opcodes, 0) : Result<void> {};
    }

    Result<void> check_end()
    {
        did("end");
        if (auto const archive = media::find_appended_archive(*m_input.source)) {
            EXHIBIT_TRY(say(archive->holds_program ? "program_behind" : "archive_behind", archive->members, 0,
                Origin { archive->offset }));
            if (archive->holds_program)
                return {};
        }
        auto const program = media::find_program(*m_input.source, first_looked_at());
        return program ? say("elf_behind", 0, 0, Origin { *program }) : Result<void> {};
    }

    /// Where a program is looked for: in DNG files that were sent, in which the exploits of LANDFALL came,
    /// from their beginning, else in what is read for the end anyway.
    [[nodiscard]] std::uint64_t first_looked_at() const
    {
        constexpr std::uint64_t end = 64U << 10U;
        auto const size = m_input.source->size();
        if (m_kind == Kind::tiff && m_file.came_by != "camera" && size <= kLargestFile)
            return 1;
        return size > end ? size - end : 1;
    }

    /// The pictures inside of a pass or watch face, unpacked one by one.
    Result<void> check_pass()
    {
        did("pass");
        std::uint64_t pictures = 0;
        auto const read = zip::visit(*m_input.source, [&](zip::Member const& member) -> Result<void> {
            auto const kinds = media::kinds_by_name(member.name);
            if (kinds.empty() || member.encrypted || member.size > kLargestPicture
                || ++pictures > kMostPictures)
                return {};
            return check_member(member);
        });
        m_part = {};
        if (!read && read.error().fault == Fault::cancelled)
            return read;
        (void)readable(read);
        return {};
    }

    Result<void> check_member(zip::Member const& member)
    {
        auto const at = zip::data_offset(*m_input.source, member.header, member.packed);
        if (!at)
            return {};
        std::vector<std::byte> content(static_cast<std::size_t>(member.size));
        Result<std::size_t> count;
        if (member.method == static_cast<std::uint16_t>(zip::Method::stored)) {
            count = m_input.source->read_at(*at, content);
        } else {
            InflateStream stream { *m_input.source, *at };
            count = stream.read_fully(content);
        }
        if (!count)
            return {};
        auto const bytes = Bytes { content }.first(*count);
        auto const outer = m_kind;
        m_part = member.name;
        m_kind = media::kind_of(bytes.first(std::min<std::size_t>(bytes.size(), 64)));
        auto result = check_name(member.name, m_kind);
        if (result && m_kind == Kind::webp)
            result = say("webp_in_pass", 0, 0);
        if (result)
            result = check_bytes(bytes, m_kind);
        m_kind = outer;
        return result;
    }

    Input const& m_input;
    Context& m_context;
    MediaTables const& m_tables;
    MediaFile m_file;
    Kind m_kind = Kind::unknown;
    std::string_view m_part;
};

} // namespace

Result<void> check_media(
    Input const& input, Context& context, std::span<MediaPlace const> places, MediaTables const& tables)
{
    auto const place = std::ranges::find_if(
        places, [&](MediaPlace const& one) { return glob_match(one.pattern, input.path); });
    return Check { input, context, tables }.run(
        place == places.end() ? std::string_view { "download" } : place->came_by);
}

} // namespace exhibit
