#pragma once

#include "casefile/database.hpp"
#include "detection/case_view.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// What a phone's clock showed, for rows whose moment cannot be told because the phone's zone is not known.
class LocalTimes {
public:
    LocalTimes() = default; ///< knows none
    LocalTimes(casefile::Database& reader, CaseView const& view)
        : m_reader(&reader)
        , m_view(&view)
    {
    }

    /// `2024-05-01 10:11`, or `05-01 10:11` where the phone writes no year; empty when there is none.
    [[nodiscard]] std::string of(std::string_view table, std::int64_t record_id);

private:
    std::optional<casefile::Statement> prepare(std::string_view name);

    casefile::Database* m_reader = nullptr;
    CaseView const* m_view = nullptr;
    std::map<std::string, std::optional<casefile::Statement>, std::less<>> m_statements;
};

} // namespace exhibit::detection
