#include "report/earlier_export.hpp"

#include "report/case.hpp"
#include "report/core_tables.hpp"
#include "report/export.hpp"
#include "report/mvt_shapes.hpp"

#include <array>
#include <fstream>
#include <set>

namespace exhibit::report {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestBeginning = 64;

using Names = std::set<std::string, std::less<>>;

/// A table as exports need it.
struct NamedTable {
    std::string name;
    std::string mvt_file;
};

Names names_of_csv(std::vector<NamedTable> const& tables)
{
    Names names { "timeline.csv" };
    for (auto const& table : core_tables())
        names.insert(std::string { table.name } + ".csv");
    for (auto const& table : tables)
        names.insert(table.name + ".csv");
    return names;
}

Names names_of_mvt(std::vector<NamedTable> const& tables)
{
    Names names { "alerts.json", "alerts_timeline.csv", "analytics_ios_versions.json", "info.json",
        "timeline.csv", "urls.json" };
    auto const add = [&](std::string_view module) {
        for (auto const* const ending : { ".json", "_detected.json" })
            names.insert(std::string { module } + ending);
    };
    for (auto const& table : tables) {
        add(table.mvt_file);
        for (auto const file : other_mvt_files(table.name, table.mvt_file))
            add(file);
    }
    return names;
}

} // namespace

bool is_earlier_export(fs::path const& file)
{
    std::array<char, kLongestBeginning> head {};
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return false;
    std::ifstream stream { file, std::ios::binary };
    stream.read(head.data(), head.size());
    auto const text
        = std::string_view { head.data(), head.size() }.substr(0, static_cast<std::size_t>(stream.gcount()));
    if (text.empty())
        return stream.eof(); // else it could not be read
    constexpr auto header = kEventsHeader.substr(0, kLongestBeginning);
    return text.starts_with(kJsonlBeginning) || text.starts_with(kEventBeginning) || text.starts_with(header);
}

Result<std::optional<std::string>> find_foreign(casefile::Database& database,
    std::span<Table const* const> declared, fs::path const& folder, FolderFormat format)
{
    std::vector<NamedTable> tables;
    for (auto& table : EXHIBIT_TRY(read_tables(database)))
        tables.push_back({ std::move(table.name), std::move(table.mvt_file) });
    for (auto const* table : declared)
        tables.push_back({ std::string { table->name }, std::string { table->mvt_file } });
    auto const names = format == FolderFormat::csv ? names_of_csv(tables) : names_of_mvt(tables);
    std::error_code error;
    for (fs::directory_iterator entry { folder, error }; !error && entry != fs::directory_iterator {};
        entry.increment(error)) {
        auto name = entry->path().filename().string();
        std::error_code failed;
        if (!names.contains(name) || !fs::is_regular_file(entry->symlink_status(failed)))
            return std::optional { std::move(name) };
    }
    if (error)
        return fail(Fault::io, "the output folder could not be read");
    return std::optional<std::string> {};
}

} // namespace exhibit::report
