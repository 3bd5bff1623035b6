// Of readings of the same bytes by several shapes of a table: which is told.
#include "formats/sqlite/candidates.hpp"

#include <algorithm>
#include <tuple>

namespace exhibit::sqlite {

namespace {

/// As far as both know something.
bool tell_the_same(Candidate const& one, Candidate const& other)
{
    for (std::size_t i = 0; i < one.values.size(); ++i)
        if (!one.lost[i] && !other.lost[i] && one.values[i] != other.values[i])
            return false;
    return !one.rowid || !other.rowid || one.rowid == other.rowid;
}

/// A candidate, and the search that found it.
struct Reading {
    std::size_t search = 0;
    std::size_t index = 0;
};

/// Of two readings of the same bytes, the earlier search first: drops the worse one. Where both say the same
/// and the table had both shapes, the one that says less is right in any case; where none is clearly better,
/// the first one is only counted.
void judge(Candidate& one, Candidate& other, Reading const& of_one, Reading const& of_other,
    std::size_t named, std::vector<bool>& worse)
{
    constexpr int margin = 10; // Bits.
    if (tell_the_same(one, other)) {
        bool const says_less = of_other.search < named && other.lost_count() > one.lost_count();
        worse[says_less ? of_one.index : of_other.index] = true;
        return;
    }
    bool const other_better = other.bits >= one.bits + margin;
    worse[other_better ? of_one.index : of_other.index] = true;
    one.certain = one.certain && one.bits >= other.bits + margin;
}

} // namespace

void drop_worse_readings(
    std::vector<Candidate>& candidates, std::span<std::size_t const> ends, std::size_t named)
{
    if (ends.size() < 2)
        return;
    std::vector<Reading> readings;
    for (std::size_t search = 0, i = 0; search < ends.size(); ++search)
        for (; i < ends[search]; ++i)
            readings.push_back({ search, i });
    auto const place = [&](Reading const& reading) {
        auto const& candidate = candidates[reading.index];
        return std::tuple { candidate.place.kind, candidate.place.frame, candidate.place.offset,
            candidate.at };
    };
    std::ranges::stable_sort(readings, {}, place);
    std::vector<bool> worse(candidates.size());
    for (std::size_t i = 0; i < readings.size(); ++i) {
        auto& one = candidates[readings[i].index];
        for (auto j = i + 1; j < readings.size(); ++j) {
            auto& other = candidates[readings[j].index];
            if (one.place.kind != other.place.kind || one.place.frame != other.place.frame
                || one.place.offset != other.place.offset || other.at >= one.at + one.size)
                break;
            if (readings[i].search < readings[j].search)
                judge(one, other, readings[i], readings[j], named, worse);
            else if (readings[j].search < readings[i].search)
                judge(other, one, readings[j], readings[i], named, worse);
        }
    }
    std::vector<Candidate> kept;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        if (!worse[i])
            kept.push_back(std::move(candidates[i]));
    candidates = std::move(kept);
}

} // namespace exhibit::sqlite
