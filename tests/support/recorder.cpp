#include "support/recorder.hpp"

#include "base/text.hpp"
#include "casefile/schema.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace exhibit::test {
namespace {

using Json = nlohmann::ordered_json;

std::string time_text(Time const& time)
{
    std::string raw;
    if (auto const* text = std::get_if<std::string>(&time.raw))
        raw = repair_utf8(*text);
    else if (auto const* number = std::get_if<std::int64_t>(&time.raw))
        raw = std::to_string(*number);
    else if (auto const* real = std::get_if<double>(&time.raw))
        raw = fmt::format("{}", *real);
    if (!time.utc)
        return fmt::format("none ({})", raw);
    EXPECT_TRUE(plausible_micros(time.utc->time_since_epoch().count())) << raw;
    return fmt::format("{} ({})", to_iso(*time.utc), raw);
}

struct ToJson {
    Column const& column;

    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(std::int64_t number) const
    {
        return column.type == Type::boolean ? Json(number != 0) : Json(number);
    }
    Json operator()(double number) const { return number; }
    Json operator()(std::string_view text) const { return repair_utf8(text); }
    Json operator()(Bytes bytes) const { return "hex:" + to_hex(as_text(bytes)); }
    Json operator()(Time const* time) const { return time->absent() ? Json {} : Json(time_text(*time)); }
};

} // namespace

void Recorder::note(Level level, Fault fault, std::string_view message, Origin origin)
{
    auto const [said, fresh] = m_said.try_emplace({ level, fault, repair_utf8(message) });
    if (fresh)
        said->second.first = origin.locator;
    ++said->second.count;
}

Result<void> Recorder::add_row(Table const& table, void const* row, Origin origin)
{
    EXPECT_NE(std::ranges::find(m_artifact.tables, &table), m_artifact.tables.end())
        << table.name << " is no table of " << m_artifact.id;
    EXPECT_FALSE(m_refused) << "a row of " << table.name << " comes after one that was refused";
    m_refused = m_rows.size() >= m_limits.rows;
    if (m_refused)
        return fail(Fault::over_limit, "more rows than the limit", m_rows.size());
    Json line;
    line["table"] = table.name;
    if (origin.recovered == Recovered::live)
        line["locator"] = origin.locator;
    else
        line["recovered"] = recovered_words(origin);
    for (auto const& column : table.columns) {
        auto value = std::visit(ToJson { column }, column.read(row));
        if (value.is_null())
            continue;
        m_filled.insert(fmt::format("{}.{}", table.name, column.name));
        line[std::string { column.name }] = std::move(value);
    }
    m_rows.push_back(line.dump());
    return {};
}

std::size_t Recorder::count(std::string_view table) const
{
    return static_cast<std::size_t>(std::ranges::count_if(m_rows, [&](std::string const& line) {
        return line.starts_with(fmt::format("{{\"table\":\"{}\",\"locator\":", table));
    }));
}

std::vector<std::string> Recorder::values(std::string_view table, std::string_view column) const
{
    std::vector<std::string> found;
    for (auto const& line : m_rows) {
        auto const row = Json::parse(line);
        if (row["table"] != table)
            continue;
        auto const value = row.find(std::string { column });
        found.push_back(value == row.end() ? ""
                : value->is_string()       ? value->get<std::string>()
                                           : value->dump());
    }
    return found;
}

std::vector<std::string> Recorder::diagnostics() const
{
    std::vector<std::string> lines;
    for (auto const& [key, said] : m_said) {
        auto const& [level, fault, message] = key;
        Json line;
        line["note"] = message;
        line["level"] = name_of(level);
        line["fault"] = exhibit::name_of(fault);
        line["count"] = said.count;
        line["at"] = said.first;
        lines.push_back(line.dump());
    }
    return lines;
}

} // namespace exhibit::test
