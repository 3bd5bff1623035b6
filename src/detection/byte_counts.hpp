#pragma once

#include "casefile/database.hpp"
#include "detection/case_view.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::detection {

/// Whether the bytes of rows of network use were counted. A row may be there without any count.
class ByteCounts {
public:
    ByteCounts() = default; ///< can tell of none
    ByteCounts(casefile::Database& reader, CaseView const& view)
        : m_reader(&reader)
        , m_view(&view)
    {
    }

    /// Also where nothing of the table counts bytes, so that nobody can tell.
    [[nodiscard]] bool are_above_zero(std::string_view table, std::int64_t record_id);

private:
    std::optional<casefile::Statement> prepare(std::string_view name);

    casefile::Database* m_reader = nullptr;
    CaseView const* m_view = nullptr;
    std::map<std::string, std::optional<casefile::Statement>, std::less<>> m_statements;
};

} // namespace exhibit::detection
