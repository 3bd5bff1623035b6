#include "formats/zip/local_headers.hpp"

#include "formats/zip/records.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace exhibit::zip {

namespace {

constexpr std::string_view kAnyRecord = "PK";
constexpr std::string_view kDescriptor = "PK\x07\x08";
constexpr std::uint16_t kSizesBehind = 8; ///< a flag: a descriptor behind the data has them
constexpr std::size_t kSignature = 4;
constexpr std::size_t kLongestName = 4096;
constexpr std::size_t kPiece = std::size_t { 1 } << 20U;
/// How often the bytes of the archive may be gone through in search of descriptors.
constexpr std::uint64_t kMostPasses = 4;

class Scan {
public:
    Scan(Source const& archive, std::uint64_t end, std::stop_token const& stop)
        : m_archive(archive)
        , m_end(std::min(end, archive.size()))
        , m_stop(stop)
        , m_budget(archive.size() * kMostPasses)
    {
    }

    Result<std::uint64_t> run(std::uint64_t at, std::function<Result<void>(Member const&)> const& visitor)
    {
        std::uint64_t lost = 0;
        while (true) {
            auto const header = EXHIBIT_TRY(find(kLocal, at));
            if (!header)
                return lost;
            std::string name;
            auto found = EXHIBIT_TRY(read_header(*header, name));
            if (!found) {
                at = *header + kSignature;
                continue;
            }
            auto& member = found->member;
            bool const ends = !found->sizes_behind || EXHIBIT_TRY(find_descriptor(*found));
            if (!ends || found->data > m_end) {
                ++lost;
                at = found->data;
                continue;
            }
            member.packed = std::min(member.packed, m_end - found->data);
            member.name = name;
            EXHIBIT_TRY(visitor(member));
            at = found->data + member.packed;
        }
    }

private:
    struct Found {
        Member member;
        std::uint64_t data = 0; ///< where it begins
        bool sizes_behind = false;
    };

    /// Up to `size` bytes from `at` on, fewer at the end; valid until the next call.
    Result<Bytes> look(std::uint64_t at, std::size_t size)
    {
        auto const held = m_piece_at + m_piece.size();
        bool const to_the_end = held == m_archive.size() && !m_piece.empty();
        if (at < m_piece_at || at > held || (held - at < size && !to_the_end)) {
            m_piece.resize(std::max(kPiece, size));
            m_piece_at = at;
            m_piece.resize(EXHIBIT_TRY(m_archive.read_at(at, m_piece)));
        }
        auto const from = Bytes { m_piece }.subspan(static_cast<std::size_t>(at - m_piece_at));
        return from.first(std::min(size, from.size()));
    }

    /// The next place of a signature that begins before the end.
    Result<std::optional<std::uint64_t>> find(std::string_view signature, std::uint64_t at)
    {
        while (at < m_end) {
            if (m_stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            (void)EXHIBIT_TRY(look(at, signature.size()));
            auto const bytes
                = EXHIBIT_TRY(look(at, static_cast<std::size_t>(m_piece_at + m_piece.size() - at)));
            if (bytes.size() < signature.size())
                break;
            auto const place = as_text(bytes).find(signature);
            if (place != std::string_view::npos)
                return at + place < m_end ? std::optional { at + place } : std::nullopt;
            at += bytes.size() - signature.size() + 1;
        }
        return std::optional<std::uint64_t> {};
    }

    /// Nothing where the signature stands by accident.
    Result<std::optional<Found>> read_header(std::uint64_t at, std::string& name)
    {
        std::optional<Found> none;
        auto const fixed = EXHIBIT_TRY(look(at, kLocalSize));
        if (fixed.size() < kLocalSize)
            return none;
        Reader reader { fixed.subspan(kSignature), at + kSignature };
        auto const version = EXHIBIT_TRY(reader.little<std::uint16_t>()) & 0xFFU;
        Found found;
        found.member.header = at;
        auto const common = EXHIBIT_TRY(read_common(reader, found.member));
        constexpr unsigned latest_version = 63;
        constexpr unsigned latest_method = 99;
        if (version > latest_version || found.member.method > latest_method || common.name == 0
            || common.name > kLongestName)
            return none;
        auto const length = std::size_t { common.name } + common.extra;
        auto const variable = EXHIBIT_TRY(look(at + kLocalSize, length));
        if (variable.size() < length)
            return none;
        name = as_text(variable.first(common.name));
        if (name.contains('\0'))
            return none;
        read_extra(found.member, variable.subspan(common.name));
        found.member.kind = name.ends_with('/') ? MemberKind::folder : MemberKind::file;
        found.data = at + kLocalSize + length;
        found.sizes_behind = (common.flags & kSizesBehind) != 0 && found.member.packed == 0;
        return found;
    }

    /// A descriptor has to tell how far it is from the beginning of the data.
    static bool read_descriptor(Bytes bytes, bool large, std::uint64_t packed, Member& member)
    {
        Reader reader { bytes };
        auto const next = [&]() -> Result<std::uint64_t> {
            if (large)
                return reader.little<std::uint64_t>();
            auto const number = EXHIBIT_TRY(reader.little<std::uint32_t>());
            return std::uint64_t { number };
        };
        auto const crc = reader.little<std::uint32_t>();
        auto const stated = next();
        auto const size = next();
        if (!size || *stated != packed)
            return false;
        member.crc = *crc;
        member.packed = packed;
        member.size = *size;
        return true;
    }

    /// The same behind a signature. Where it ends another record begins, or the archive ends, unless that is
    /// damaged.
    static bool read_signed_descriptor(Bytes bytes, std::uint64_t packed, Member& member)
    {
        auto const descriptor = bytes.subspan(kSignature);
        for (bool const large : { false, true }) {
            auto const behind = as_text(descriptor).substr(std::min(descriptor.size(), size_of(large)));
            if ((behind.empty() || behind.starts_with(kAnyRecord))
                && read_descriptor(descriptor, large, packed, member))
                return true;
        }
        return read_descriptor(descriptor, false, packed, member);
    }

    static std::size_t size_of(bool large) { return large ? 20 : 12; }

    /// The descriptor stands where the next record begins, or before that.
    Result<bool> find_descriptor(Found& found)
    {
        for (auto at = found.data;;) {
            auto const record = EXHIBIT_TRY(find(kAnyRecord, at));
            auto const passed = (record ? *record : m_end) - at + kAnyRecord.size();
            if (!record || passed > m_budget)
                return false;
            m_budget -= passed;
            auto const packed = *record - found.data;
            auto const head = EXHIBIT_TRY(look(*record, kSignature + size_of(true) + kAnyRecord.size()));
            auto const kind = as_text(head).substr(0, kSignature);
            if (kind == kDescriptor && read_signed_descriptor(head, packed, found.member))
                return true;
            if (kind == kLocal || kind == kCentral)
                for (bool const large : { false, true }) {
                    auto const size = size_of(large);
                    if (packed >= size
                        && read_descriptor(
                            EXHIBIT_TRY(look(*record - size, size)), large, packed - size, found.member))
                        return true;
                }
            at = *record + 1;
        }
    }

    Source const& m_archive;
    std::uint64_t m_end;
    std::stop_token const& m_stop;
    std::uint64_t m_budget; ///< bytes
    std::vector<std::byte> m_piece; ///< read last
    std::uint64_t m_piece_at = 0;
};

} // namespace

Result<std::uint64_t> visit_local_headers(Source const& archive, std::uint64_t begin, std::uint64_t end,
    std::stop_token const& stop, std::function<Result<void>(Member const&)> const& visitor)
{
    Scan scan { archive, end, stop };
    return scan.run(begin, visitor);
}

} // namespace exhibit::zip
