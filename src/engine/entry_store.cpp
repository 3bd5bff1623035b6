#include "engine/entry_store.hpp"

#include <algorithm>

namespace exhibit {
namespace {

constexpr std::size_t kHundred = 128; ///< records whose places are counted from one

// What a record begins with: which of the times there are.
constexpr unsigned char kHasModified = 1;
constexpr unsigned char kHasWallClock = 2;

std::size_t common_prefix(std::string_view one, std::string_view other)
{
    auto const length = static_cast<std::ptrdiff_t>(std::min(one.size(), other.size()));
    return static_cast<std::size_t>(
        std::mismatch(one.begin(), one.begin() + length, other.begin()).first - one.begin());
}

std::size_t common_end(std::string_view one, std::string_view other)
{
    auto const length = static_cast<std::ptrdiff_t>(std::min(one.size(), other.size()));
    return static_cast<std::size_t>(
        std::mismatch(one.rbegin(), one.rbegin() + length, other.rbegin()).first - one.rbegin());
}

void add_number(std::string& bytes, std::uint64_t number)
{
    for (; number >= 128; number >>= 7U)
        bytes += static_cast<char>(number | 128U);
    bytes += static_cast<char>(number);
}

std::uint64_t take_long_number(std::string_view& bytes)
{
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        auto const byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        number |= std::uint64_t { byte & 127U } << shift;
        if (byte < 128)
            return number;
    }
}

std::uint64_t take_number(std::string_view& bytes)
{
    auto const first = static_cast<unsigned char>(bytes.front());
    if (first >= 128)
        return take_long_number(bytes);
    bytes.remove_prefix(1);
    return first;
}

/// Small ones take few bytes, whether they are negative or not.
void add_time(std::string& bytes, Timestamp time)
{
    auto const count = static_cast<std::uint64_t>(time.time_since_epoch().count());
    add_number(bytes, count << 1U ^ (count >> 63U != 0 ? ~std::uint64_t { 0 } : 0));
}

Timestamp take_time(std::string_view& bytes)
{
    auto const number = take_number(bytes);
    auto const count = number >> 1U ^ ((number & 1U) != 0 ? ~std::uint64_t { 0 } : 0);
    return Timestamp { Timestamp::duration { static_cast<std::int64_t>(count) } };
}

} // namespace

std::uint64_t EntryStore::keep(std::string_view bytes)
{
    if (m_blocks.empty() || m_blocks.back().capacity() - m_blocks.back().size() < bytes.size())
        m_blocks.emplace_back().reserve(std::max<std::size_t>(kBlock - 1, bytes.size()));
    auto& block = m_blocks.back();
    auto const at = (m_blocks.size() - 1) * kBlock + block.size();
    block.append(bytes);
    return at;
}

std::string_view EntryStore::from(std::uint64_t place) const
{
    return std::string_view { m_blocks[place / kBlock] }.substr(place % kBlock);
}

void EntryStore::add(EntryView const& view)
{
    auto const repeated = common_end(view.path, view.stored);
    auto const beginning = view.stored.substr(0, view.stored.size() - repeated);
    m_text.assign(beginning).append(view.path);
    auto const whole = m_whole_size == 0 ? std::string_view {} : from(m_whole_at).substr(0, m_whole_size);
    auto shared = common_prefix(whole, m_text);
    if (shared < m_text.size() / 2)
        shared = 0;

    m_encoded.clear();
    add_number(m_encoded, view.size);
    m_encoded
        += static_cast<char>((view.modified ? kHasModified : 0U) | (view.wall_clock ? kHasWallClock : 0U));
    m_encoded += static_cast<char>(view.mark);
    add_number(m_encoded, view.handle);
    for (auto const& time : { view.modified, view.wall_clock })
        if (time)
            add_time(m_encoded, *time);
    add_number(m_encoded, beginning.size());
    add_number(m_encoded, repeated);
    add_number(m_encoded, shared);
    if (shared != 0)
        add_number(m_encoded, m_whole_at);
    add_number(m_encoded, m_text.size() - shared);
    auto const before_text = m_encoded.size();
    m_encoded.append(m_text, shared);

    auto const place = keep(m_encoded);
    if (m_places.size() % kHundred == 0)
        m_first_places.push_back(place);
    // A block is as long as a mebibyte, or holds one record: this many do not come further.
    m_places.push_back(static_cast<std::uint32_t>(place - m_first_places.back()));
    if (shared == 0) {
        m_whole_at = place + before_text;
        m_whole_size = m_text.size();
    }
}

std::uint64_t EntryStore::place_of(std::size_t at) const
{
    return m_first_places[at / kHundred] + m_places[at];
}

EntryStore::Record EntryStore::record(std::size_t at) const
{
    auto bytes = from(place_of(at));
    Record record;
    record.size = take_number(bytes);
    auto const times = static_cast<unsigned char>(bytes[0]);
    record.mark = static_cast<std::uint8_t>(bytes[1]);
    bytes.remove_prefix(2);
    record.handle = take_number(bytes);
    if ((times & kHasModified) != 0)
        record.modified = take_time(bytes);
    if ((times & kHasWallClock) != 0)
        record.wall_clock = take_time(bytes);
    record.stored_beginning = take_number(bytes);
    record.repeated = take_number(bytes);
    if (auto const shared = take_number(bytes); shared != 0)
        record.shared = from(take_number(bytes)).substr(0, shared);
    auto const own = take_number(bytes);
    record.own = bytes.substr(0, own);
    return record;
}

std::uint64_t EntryStore::bytes(std::size_t at) const
{
    auto bytes = from(place_of(at));
    return take_number(bytes);
}

EntryStore::Path EntryStore::path_of(Record const& record)
{
    auto const in_beginning = std::min(record.stored_beginning, record.shared.size());
    return { record.shared.substr(in_beginning), record.own.substr(record.stored_beginning - in_beginning) };
}

EntryStore::Path EntryStore::path(std::size_t at) const
{
    return path_of(record(at));
}

void EntryStore::get(std::size_t at, Entry& into) const
{
    auto const kept = record(at);
    auto const [beginning, rest] = path_of(kept);
    into.path.assign(beginning).append(rest);
    auto const in_beginning = std::min(kept.stored_beginning, kept.shared.size());
    into.stored.assign(kept.shared.substr(0, in_beginning))
        .append(kept.own.substr(0, kept.stored_beginning - in_beginning))
        .append(into.path, into.path.size() - kept.repeated);
    into.kind = EntryKind::file;
    into.size = kept.size;
    into.modified = kept.modified;
    into.handle = kept.handle;
    into.wall_clock = kept.wall_clock;
    into.mark = kept.mark;
}

Entry EntryStore::operator[](std::size_t at) const
{
    Entry entry;
    get(at, entry);
    return entry;
}

std::size_t EntryStore::Path::common_prefix(std::string_view text) const
{
    auto const same = exhibit::common_prefix(beginning, text);
    return same == beginning.size() ? same + exhibit::common_prefix(rest, text.substr(same)) : same;
}

std::strong_ordering EntryStore::Path::operator<=>(Path const& other) const
{
    auto const compare = [](std::string_view one, std::string_view two) { return one.compare(two) <=> 0; };
    auto const length = std::min(beginning.size(), other.beginning.size());
    if (auto const order = compare(beginning.substr(0, length), other.beginning.substr(0, length));
        order != 0)
        return order;
    if (beginning.size() == other.beginning.size())
        return compare(rest, other.rest);
    bool const is_longer = beginning.size() > other.beginning.size();
    auto const& longer = is_longer ? *this : other;
    auto const& shorter = is_longer ? other : *this;
    auto const more = longer.beginning.substr(length);
    auto order = compare(more, shorter.rest.substr(0, more.size()));
    if (order == 0)
        order = compare(longer.rest, shorter.rest.substr(more.size()));
    return is_longer ? order : 0 <=> order;
}

} // namespace exhibit
