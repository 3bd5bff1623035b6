#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit {

/// The rules of one time zone: which offset from UTC applied when.
class Zone {
public:
    struct Change {
        std::int64_t at = 0; ///< seconds since 1970 UTC
        std::int32_t offset = 0; ///< seconds east of UTC from then on
    };

    /// `changes` in ascending order; `before` is the offset until the first of them.
    Zone(std::string name, std::int32_t before, std::vector<Change> changes)
        : m_name(std::move(name))
        , m_before(before)
        , m_changes(std::move(changes))
    {
    }

    [[nodiscard]] std::string_view name() const { return m_name; }

    [[nodiscard]] std::chrono::seconds offset_at(Timestamp utc) const;

    /// The moment at which a clock on the wall showed `wall` (given as if it were UTC). Of an hour that was
    /// repeated this is the first; an hour that was skipped is read with the offset before the jump.
    [[nodiscard]] Timestamp to_utc(Timestamp wall) const;

    /// Of the first moment of an hour that was repeated: the later one at which the clock showed the same.
    [[nodiscard]] std::optional<Timestamp> again(Timestamp first) const;

private:
    std::string m_name;
    std::int32_t m_before;
    std::vector<Change> m_changes;
};

} // namespace exhibit
