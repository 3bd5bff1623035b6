#pragma once

#include "casefile/case_writer.hpp"

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace exhibit::test {

/// A row of the artifact that small cases have.
struct SmallCall {
    Time started;
    std::string number;
    std::optional<std::int64_t> seconds {};
    bool answered = false;
    std::vector<std::byte> token {};
};

/// A cell for a core table.
using Cell = std::variant<std::nullptr_t, std::int64_t, std::string>;

/// Writes a case file with one artifact, `test.call`, whose table `test_call` becomes `calls.json` in the
/// MVT-compatible export. Failures throw.
class SmallCase {
public:
    explicit SmallCase(std::filesystem::path path);

    SmallCase& call(SmallCall const& call);
    /// Inserts into a core table; a column that must not be NULL and is not named gets "" or 0.
    SmallCase& insert(std::string const& table, std::vector<std::pair<std::string, Cell>> const& cells);
    /// The first row has record id `first_record`.
    void finish();

    static constexpr std::int64_t first_record = 100'000'000;

private:
    std::filesystem::path m_path;
    std::vector<SmallCall> m_calls;
    std::vector<std::pair<std::string, std::vector<std::pair<std::string, Cell>>>> m_inserts;
};

/// A case with two calls, a critical finding on the first, and coverage; good for most tests.
void write_small_case(std::filesystem::path const& path);

} // namespace exhibit::test
