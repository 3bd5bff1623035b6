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
constexpr std::size_t kLargestMember = 64U << 20U; ///< inside of a pass
constexpr std::size_t kMostUnpacked = 256U << 20U; ///< of one pass
constexpr std::uint64_t kMostMembers = 10'000;
constexpr unsigned kDeepestPass = 3;

/// Whether more than the head is looked at, inside of a pass.
bool has_structure(Kind kind)
{
    return kind == Kind::pdf || kind == Kind::webp || kind == Kind::font || kind == Kind::tiff
        || kind == Kind::zip;
}

bool is_pass_name(std::string_view name)
{
    constexpr std::array<std::string_view, 3> endings { ".pkpass", ".pkpasses", ".watchface" };
    auto const lower = to_lower(name);
    return std::ranges::any_of(endings, [&](std::string_view ending) { return lower.ends_with(ending); });
}

/// An archive that is a pass, a watch face or a bundle of passes, whatever its own name is.
bool holds_pass(Source const& archive)
{
    bool found = false;
    (void)zip::visit(archive, [&](zip::Member const& member) -> Result<void> {
        found
            = found || member.name == "pass.json" || member.name == "face.json" || is_pass_name(member.name);
        return {};
    });
    return found;
}

/// Whether the last record of an archive without comment is at the end: readers accept anything before it.
bool ends_like_archive(Source const& file)
{
    constexpr std::size_t size = 22;
    std::array<std::byte, size> end {};
    if (file.size() < size)
        return false;
    auto const count = file.read_at(file.size() - size, end);
    return count && as_text(Bytes { end }.first(*count)).starts_with("PK\5\6");
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
        m_file.modified = input.modified_time();
    }

    Result<void> run(std::string_view came_by)
    {
        m_file.came_by = came_by;
        std::array<std::byte, media::kHeadSize> head {};
        auto const count = EXHIBIT_TRY(m_input.source->read_at(0, head));
        m_kind = media::kind_of(Bytes { head }.first(count));
        m_file.kind = media::name_of(m_kind);
        EXHIBIT_TRY(check_name(m_file.file_name, m_kind));
        if (m_kind == Kind::pdf || m_kind == Kind::webp || m_kind == Kind::font)
            EXHIBIT_TRY(check_content());
        if (m_kind == Kind::tiff)
            EXHIBIT_TRY(check_tiff(*m_input.source));
        if (media::is_picture(m_kind))
            EXHIBIT_TRY(check_end());
        if (is_pass())
            EXHIBIT_TRY(check_pass());
        return m_context.add(m_tables.files, m_file, {});
    }

private:
    void did(std::string_view check)
    {
        if (m_file.checks.contains(check))
            return;
        m_file.checks += m_file.checks.empty() ? "" : " ";
        m_file.checks += check;
    }

    void did_if(bool whole, std::string_view check)
    {
        if (whole)
            did(check);
        else
            m_context.note(Level::note, Fault::truncated,
                "this file is damaged or cut, so that its structure was not checked to its end");
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
        if (kinds.empty())
            return {};
        if (m_part.empty())
            did("name");
        if (kind == Kind::unknown) {
            bool const sent = m_file.came_by == "message" || m_file.came_by == "mail";
            return sent && m_part.empty() && m_file.size != 0 && media::is_picture(kinds.front())
                ? say("kind_unknown", 0, 0)
                : Result<void> {};
        }
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
        if (shape->encrypted)
            m_context.note(Level::note, Fault::unsupported,
                "this document is encrypted, so that the structure of what is in it was not checked");
        else if (shape->unread != 0)
            m_context.note(
                Level::note, Fault::unsupported, "not all streams of this document could be checked");
        else
            for (auto const* const check : { "jbig2", "font" })
                did(check);
        if (shape->largest_symbol_sum > UINT32_MAX)
            EXHIBIT_TRY(say("jbig2_symbols", shape->largest_symbol_sum, UINT32_MAX));
        return shape->font_adjusts != 0 ? say("font_adjust", shape->font_adjusts, 0) : Result<void> {};
    }

    Result<void> check_webp(Bytes bytes)
    {
        auto const shape = media::read_vp8l_shape(bytes);
        if (!readable(shape))
            return {};
        did_if(shape->is_whole || shape->overflows(), "webp");
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
        did_if(shape->is_whole, "dng");
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

    [[nodiscard]] bool is_pass() const
    {
        auto const& file = *m_input.source;
        if (is_pass_name(m_file.file_name))
            return m_kind == Kind::zip || m_kind == Kind::unknown;
        return (m_kind == Kind::zip || (m_kind == Kind::unknown && ends_like_archive(file)))
            && holds_pass(file);
    }

    /// What is inside of a pass or watch face, unpacked one by one.
    Result<void> check_pass()
    {
        EXHIBIT_TRY(check_members(*m_input.source, {}, 1));
        m_part.clear();
        if (m_unread == 0)
            did("pass");
        else
            m_context.note(Level::note, Fault::unsupported, "not all that this pass holds could be checked");
        return {};
    }

    Result<void> check_members(Source const& archive, std::string const& inside, unsigned depth)
    {
        auto const read = zip::visit(archive, [&](zip::Member const& member) -> Result<void> {
            if (member.kind != zip::MemberKind::file)
                return {};
            m_part = inside + std::string { member.name };
            if (++m_members > kMostMembers || member.encrypted) {
                ++m_unread;
                return {};
            }
            auto const outer = m_kind;
            auto result = check_member(archive, member, depth);
            m_kind = outer;
            return result;
        });
        if (m_context.ended() || (!read && read.error().fault == Fault::cancelled))
            return read;
        if (!readable(read))
            ++m_unread;
        return {};
    }

    Result<void> check_member(Source const& archive, zip::Member const& member, unsigned depth)
    {
        auto const head = unpack(archive, member, media::kHeadSize);
        m_kind = media::kind_of(head);
        EXHIBIT_TRY(check_name(member.name, m_kind));
        if (m_kind == Kind::webp)
            EXHIBIT_TRY(say("webp_in_pass", 0, 0));
        if (!has_structure(m_kind))
            return {};
        auto const content = unpack(archive, member, std::min(kLargestMember, m_unpack_left));
        m_unpack_left -= content.size();
        if (m_kind != Kind::zip)
            return check_bytes(content, m_kind);
        if (depth != kDeepestPass)
            return check_members(MemorySource { content }, m_part + '/', depth + 1);
        ++m_unread;
        return {};
    }

    /// The beginning of a member, as far as it can be unpacked. What stands in the way counts as unread, and
    /// so does `most` when it is not just for the head.
    std::vector<std::byte> unpack(Source const& archive, zip::Member const& member, std::size_t most)
    {
        std::vector<std::byte> out;
        auto const at = zip::data_offset(archive, member.header, member.packed);
        bool const stored = member.method == static_cast<std::uint16_t>(zip::Method::stored);
        if (!at || (!stored && member.method != static_cast<std::uint16_t>(zip::Method::deflated))) {
            ++m_unread;
            return out;
        }
        InflateStream inflated { archive, *at };
        constexpr std::size_t step = 64U << 10U;
        while (out.size() < most) {
            auto const before = out.size();
            out.resize(before + std::min(step, most - before));
            auto const room = std::span { out }.subspan(before);
            auto const left = member.packed - std::min<std::uint64_t>(member.packed, before);
            auto const count = stored
                ? archive.read_at(*at + before, room.first(std::min<std::uint64_t>(left, room.size())))
                : inflated.read(room);
            out.resize(before + count.value_or(0));
            if (!count)
                ++m_unread;
            if (!count || *count == 0)
                return out;
        }
        m_unread += most == media::kHeadSize ? 0 : 1;
        return out;
    }

    Input const& m_input;
    Context& m_context;
    MediaTables const& m_tables;
    MediaFile m_file;
    Kind m_kind = Kind::unknown;
    std::string m_part; ///< inside of a pass
    std::uint64_t m_members = 0;
    std::uint64_t m_unread = 0; ///< that are in the pass and were not looked at
    std::size_t m_unpack_left = kMostUnpacked;
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
