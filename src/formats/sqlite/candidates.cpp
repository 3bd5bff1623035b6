#include "formats/sqlite/candidates.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <tuple>
#include <unordered_map>

namespace exhibit::sqlite {

namespace {

class Hash {
public:
    void add(std::uint64_t number)
    {
        m_hash ^= number + 0x9e37'79b9'7f4a'7c15U + (m_hash << 12U) + (m_hash >> 4U);
        m_hash *= 0xff51'afd7'ed55'8ccdU;
        m_hash ^= m_hash >> 33U;
    }
    void add(std::string_view bytes)
    {
        add(bytes.size());
        add(std::uint64_t { std::hash<std::string_view> {}(bytes) });
    }
    void add(StoredValue const& value)
    {
        add(std::uint64_t { value.index() });
        if (auto const* whole = std::get_if<std::int64_t>(&value))
            add(static_cast<std::uint64_t>(*whole));
        else if (auto const* real = std::get_if<double>(&value))
            add(std::bit_cast<std::uint64_t>(*real));
        else if (auto const* text = std::get_if<std::string>(&value))
            add(std::string_view { *text });
        else if (auto const* blob = std::get_if<std::vector<std::byte>>(&value))
            add(as_text(*blob));
    }
    [[nodiscard]] std::uint64_t value() const { return m_hash; }

private:
    std::uint64_t m_hash = 0x243f'6a88'85a3'08d3U;
};

/// Rows of which the same is known are compared on just that.
struct Known {
    std::vector<bool> lost;
    bool rowid = false;
    bool operator==(Known const&) const = default;

    [[nodiscard]] bool needs_no_more_than(Known const& other) const
    {
        for (std::size_t i = 0; i < lost.size(); ++i)
            if (!lost[i] && other.lost[i])
                return false;
        return !rowid || other.rowid;
    }

    [[nodiscard]] std::uint64_t hash(
        std::vector<StoredValue> const& values, std::optional<std::int64_t> id) const
    {
        Hash hash;
        if (rowid)
            hash.add(static_cast<std::uint64_t>(id.value_or(0)));
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!lost[i])
                hash.add(values[i]);
        return hash.value();
    }
};

struct Group {
    Known known;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> members; ///< hash -> candidates
    std::unordered_map<std::uint64_t, std::size_t> seen; ///< hash -> which of those that are kept
};

std::vector<Group> group(std::vector<Candidate> const& candidates)
{
    std::vector<Group> groups;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        Known const known { candidates[i].lost, candidates[i].rowid.has_value() };
        auto found = std::ranges::find(groups, known, &Group::known);
        if (found == groups.end()) {
            groups.push_back({ known, {}, {} });
            found = groups.end() - 1;
        }
        found->members[known.hash(candidates[i].values, candidates[i].rowid)].push_back(i);
    }
    return groups;
}

/// Whether a number is one that hardly two rows have: a time, above all that at which the row was made.
bool is_telling(StoredValue const& value)
{
    constexpr double least = 1e8;
    if (auto const* whole = std::get_if<std::int64_t>(&value))
        return std::abs(static_cast<double>(*whole)) >= least;
    auto const* real = std::get_if<double>(&value);
    return real != nullptr && (std::abs(*real) >= least || *real != std::trunc(*real));
}

/// Whether a live row with one of the candidate's telling numbers is the same row: it has the same words, and
/// half of all at least.
bool is_alike(Candidate const& candidate, std::vector<StoredValue> const& live)
{
    constexpr std::size_t long_enough = 4;
    std::size_t known = 0;
    std::size_t different = 0;
    bool same_words = false;
    for (std::size_t i = 0; i < live.size(); ++i) {
        if (candidate.lost[i])
            continue;
        ++known;
        bool const same = candidate.values[i] == live[i];
        different += same ? 0 : 1;
        auto const* text = std::get_if<std::string>(&candidate.values[i]);
        auto const* other = std::get_if<std::string>(&live[i]);
        if (text != nullptr && other != nullptr && !same && !text->empty() && !other->empty())
            return false;
        same_words = same_words || (same && text != nullptr && text->size() >= long_enough);
    }
    return same_words && different * 2 <= known;
}

/// A row whose bytes lost the row id may be an earlier version of a live row all the same: that one has a
/// time in common with it that no other live row has.
class EarlierVersions {
public:
    explicit EarlierVersions(std::vector<Candidate>& candidates)
        : m_candidates(candidates)
    {
        for (std::size_t i = 0; i < candidates.size(); ++i)
            if (!candidates[i].rowid && candidates[i].place.kind != Recovered::uncommitted_frame)
                for (std::size_t column = 0; column < candidates[i].values.size(); ++column)
                    if (!candidates[i].lost[column] && is_telling(candidates[i].values[column]))
                        m_numbers[key_of(column, candidates[i].values[column])].candidates.push_back(i);
    }

    void see(std::vector<StoredValue> const& live)
    {
        for (std::size_t column = 0; column < live.size(); ++column) {
            if (!is_telling(live[column]))
                continue;
            auto const found = m_numbers.find(key_of(column, live[column]));
            if (found == m_numbers.end() || ++found->second.live_rows != 1)
                continue;
            std::erase_if(found->second.candidates,
                [&](std::size_t candidate) { return !is_alike(m_candidates[candidate], live); });
        }
    }

    void mark()
    {
        for (auto const& [key, number] : m_numbers)
            if (number.live_rows == 1)
                for (auto const candidate : number.candidates)
                    m_candidates[candidate].earlier_version = true;
    }

private:
    struct Number {
        std::vector<std::size_t> candidates; ///< that have it
        std::uint64_t live_rows = 0; ///< likewise
    };

    static std::uint64_t key_of(std::size_t column, StoredValue const& value)
    {
        Hash hash;
        hash.add(std::uint64_t { column });
        hash.add(value);
        return hash.value();
    }

    std::vector<Candidate>& m_candidates;
    std::unordered_map<std::uint64_t, Number> m_numbers;
};

/// Two rows that agree in columns which the table declares unique were never there at the same time: where
/// one is live, it took the place of the other.
class UniqueKeys {
public:
    UniqueKeys(std::vector<Candidate>& candidates, TableShape const& shape)
        : m_candidates(candidates)
        , m_keys(shape.unique_keys)
        , m_by_hash(m_keys.size())
    {
        for (std::size_t key = 0; key < m_keys.size(); ++key)
            for (std::size_t i = 0; i < candidates.size(); ++i)
                if (candidates[i].place.kind != Recovered::uncommitted_frame
                    && is_bound(candidates[i].values, m_keys[key]))
                    m_by_hash[key][hash_of(candidates[i].values, m_keys[key])].push_back(i);
    }

    [[nodiscard]] bool any() const
    {
        return std::ranges::any_of(m_by_hash, [](auto const& of_key) { return !of_key.empty(); });
    }

    void see(std::vector<StoredValue> const& live)
    {
        for (std::size_t key = 0; key < m_keys.size(); ++key) {
            auto const found = m_by_hash[key].find(hash_of(live, m_keys[key]));
            if (found == m_by_hash[key].end())
                continue;
            std::erase_if(
                found->second, [&](std::size_t i) { return mark(m_candidates[i], live, m_keys[key]); });
        }
    }

private:
    /// A row with a NULL in the key may be there beside others.
    static bool is_bound(std::vector<StoredValue> const& values, std::vector<std::size_t> const& key)
    {
        return std::ranges::none_of(key, [&](std::size_t column) {
            return std::holds_alternative<std::monostate>(values[column])
                || std::holds_alternative<Lost>(values[column]);
        });
    }

    static bool mark(
        Candidate& candidate, std::vector<StoredValue> const& live, std::vector<std::size_t> const& key)
    {
        bool const same = std::ranges::all_of(
            key, [&](std::size_t column) { return candidate.values[column] == live[column]; });
        candidate.earlier_version = candidate.earlier_version || same;
        return same;
    }

    static std::uint64_t hash_of(std::vector<StoredValue> const& values, std::vector<std::size_t> const& key)
    {
        Hash hash;
        for (auto const column : key)
            hash.add(values[column]);
        return hash.value();
    }

    std::vector<Candidate>& m_candidates;
    std::vector<std::vector<std::size_t>> const& m_keys;
    std::vector<std::unordered_map<std::uint64_t, std::vector<std::size_t>>> m_by_hash; ///< one for each key
};

Result<void> compare_with_live(std::vector<Candidate>& candidates, std::vector<Group>& groups,
    TableShape const& shape, Pages const& pages, std::stop_token const& stop)
{
    UniqueKeys keys { candidates, shape };
    bool const any_without_id
        = std::ranges::any_of(groups, [](Group const& known) { return !known.known.rowid; });
    if (!any_without_id && !keys.any())
        return {};
    WalkLimits limits;
    limits.stop = stop;
    EarlierVersions earlier { candidates };
    auto const visit = [&](TreeRow const& row) -> Result<void> {
        auto const values = values_of(shape, row.fields, std::nullopt, pages.header().encoding);
        earlier.see(values);
        keys.see(values);
        for (auto& known : groups) {
            if (known.known.rowid)
                continue;
            auto const found = known.members.find(known.known.hash(values, std::nullopt));
            if (found == known.members.end())
                continue;
            for (auto const member : found->second)
                candidates[member].live = true;
        }
        return {};
    };
    EXHIBIT_TRY(walk_rows(pages, shape.root, shape.without_rowid, limits, visit));
    earlier.mark();
    return {};
}

auto order(Candidate const& candidate)
{
    return std::tuple { candidate.place.kind, candidate.place.frame, candidate.place.page, candidate.at };
}

} // namespace

std::size_t Candidate::lost_count() const
{
    return static_cast<std::size_t>(std::ranges::count(lost, true));
}

std::uint64_t hash_of(Candidate const& candidate)
{
    Hash hash;
    for (bool const lost : candidate.lost)
        hash.add(std::uint64_t { lost });
    Known const known { candidate.lost, candidate.rowid.has_value() };
    hash.add(known.hash(candidate.values, candidate.rowid));
    return hash.value();
}

bool agrees(Candidate const& candidate, std::vector<StoredValue> const& values)
{
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!candidate.lost[i] && candidate.values[i] != values[i])
            return false;
    return true;
}

bool is_of_another_key(
    TableShape const& shape, Candidate const& candidate, std::vector<StoredValue> const& live)
{
    return std::ranges::any_of(shape.primary_key, [&](std::size_t column) {
        return !candidate.lost[column] && candidate.values[column] != live[column];
    });
}

std::vector<StoredValue> values_of(TableShape const& shape, std::span<Field const> fields,
    std::optional<std::int64_t> rowid, Encoding encoding)
{
    std::vector<StoredValue> values(shape.columns.size());
    for (std::size_t i = 0; i < shape.stored.size(); ++i) {
        auto const column = shape.stored[i];
        auto& value = values[column];
        if (shape.rowid_column == column) {
            if (rowid)
                value = *rowid;
        } else if (i >= fields.size()) {
            value = shape.columns[column].initial;
        } else {
            value = stored_value(fields[i], encoding);
            if (auto const* whole = std::get_if<std::int64_t>(&value);
                whole != nullptr && shape.columns[column].affinity == Affinity::real)
                value = static_cast<double>(*whole);
        }
    }
    return values;
}

std::vector<std::optional<std::size_t>> columns_in(TableShape const& earlier, TableShape const& target)
{
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < earlier.columns.size(); ++i)
        places.try_emplace(to_lower(earlier.columns[i].name), i);
    std::vector<std::optional<std::size_t>> columns;
    for (auto const& column : target.columns) {
        auto const found = places.find(to_lower(column.name));
        columns.push_back(found == places.end() ? std::nullopt : std::optional { found->second });
    }
    return columns;
}

bool columns_stay(TableShape const& earlier, TableShape const& target)
{
    auto const columns = columns_in(earlier, target);
    auto const shared = std::min(earlier.columns.size(), target.columns.size());
    for (std::size_t i = 0; i < shared; ++i)
        if (columns[i] != i)
            return false;
    return true;
}

void tell_in(std::span<std::optional<std::size_t> const> columns, Candidate& candidate)
{
    std::vector<StoredValue> values(columns.size(), Lost {});
    std::vector<bool> lost(columns.size(), true);
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (auto const at = columns[i]) {
            values[i] = std::move(candidate.values[*at]);
            lost[i] = candidate.lost[*at];
        }
    candidate.values = std::move(values);
    candidate.lost = std::move(lost);
}

Result<void> drop_known(std::vector<Candidate>& candidates, TableShape const& shape, Pages const& pages,
    std::stop_token const& stop)
{
    // The most complete first: one that tells less is dropped in favour of it.
    std::ranges::stable_sort(candidates, {}, [](Candidate const& candidate) {
        return std::tuple { !candidate.rowid.has_value(), candidate.lost_count(), !candidate.certain,
            order(candidate) };
    });
    auto groups = group(candidates);
    if (shape.root != 0)
        EXHIBIT_TRY(compare_with_live(candidates, groups, shape, pages, stop));

    std::vector<Candidate> kept;
    for (auto& candidate : candidates) {
        if (candidate.live)
            continue;
        Known const own { candidate.lost, candidate.rowid.has_value() };
        auto const same = std::ranges::find(groups, own, &Group::known);
        auto const [seen, fresh]
            = same->seen.try_emplace(own.hash(candidate.values, candidate.rowid), kept.size());
        if (!fresh) {
            // A copy whose place says that it is one of this table; what it lacks is the row id at most.
            auto& better = kept[seen->second];
            better.certain = better.certain || (candidate.certain && candidate.lost_count() <= 1);
            continue;
        }
        for (auto& known : groups)
            if (known.known.needs_no_more_than(own))
                known.seen.try_emplace(known.known.hash(candidate.values, candidate.rowid), kept.size());
        kept.push_back(std::move(candidate));
    }
    std::ranges::stable_sort(kept, {}, order);
    candidates = std::move(kept);
    return {};
}

void drop_told_entries(std::vector<Candidate>& candidates, TableShape const& shape)
{
    // The row id left out, which the other may lack.
    auto const known_of = [&](Candidate const& candidate) {
        Known known { candidate.lost, false };
        if (shape.rowid_column)
            known.lost[*shape.rowid_column] = true;
        return known;
    };
    std::vector<Group> kinds; // Of entries, by what they tell.
    for (auto const& candidate : candidates)
        if (candidate.entry && !candidate.certain
            && std::ranges::find(kinds, known_of(candidate), &Group::known) == kinds.end())
            kinds.push_back({ known_of(candidate), {}, {} });
    for (auto& kind : kinds)
        for (auto const& candidate : candidates)
            if (candidate.certain && kind.known.needs_no_more_than(known_of(candidate)))
                kind.seen.try_emplace(kind.known.hash(candidate.values, std::nullopt), 0);
    std::erase_if(candidates, [&](Candidate const& candidate) {
        if (!candidate.entry || candidate.certain)
            return false;
        auto const kind = std::ranges::find(kinds, known_of(candidate), &Group::known);
        return kind->seen.contains(kind->known.hash(candidate.values, std::nullopt));
    });
}

} // namespace exhibit::sqlite
