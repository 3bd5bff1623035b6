#include "support/fixture.hpp"

#include "artifact/registry.hpp"
#include "formats/plist/plist.hpp"
#include "support/cms_builder.hpp"
#include "support/fixture_sql.hpp"
#include "support/paths.hpp"
#include "support/plist_builder.hpp"
#include "support/segb_builder.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace exhibit::test {
namespace {

namespace fs = std::filesystem;

std::string from_hex(std::string const& text)
{
    std::string out;
    int digit = -1;
    bool comment = false;
    for (char const c : text) {
        comment = c == '#' || (comment && c != '\n');
        if (comment || c == ' ' || c == '\n' || c == '\t')
            continue;
        auto const value = std::string_view { "0123456789abcdef" }.find(c);
        if (value == std::string_view::npos)
            throw std::runtime_error("input.hex holds something that is no digit");
        if (digit < 0) {
            digit = static_cast<int>(value);
        } else {
            out += static_cast<char>(digit * 16 + static_cast<int>(value));
            digit = -1;
        }
    }
    return out;
}

/// Bytes that belong to their source.
class TextSource final : public Source {
public:
    explicit TextSource(std::string text)
        : m_text(std::move(text))
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_text.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return MemorySource { as_bytes(m_text) }.read_at(offset, into);
    }

private:
    std::string m_text;
};

std::string example_path(Artifact const& artifact)
{
    std::string path;
    for (char const c : artifact.paths.front())
        if (c != '*')
            path += c;
        else if (!path.ends_with('X'))
            path += 'X';
    return path;
}

void load_input(Fixture& fixture)
{
    for (auto const& entry : fs::directory_iterator { fixture.folder }) {
        auto const name = entry.path().filename().string();
        if (!name.starts_with("input.") || name == "input.wal.sql")
            continue;
        auto const content = slurp(entry.path());
        if (name == "input.sql") {
            fixture.form = Form::database;
            auto const log = fixture.folder / "input.wal.sql";
            fixture.has_wal = fs::exists(log);
            auto files = build_database(content, fixture.has_wal ? slurp(log) : std::string {});
            fixture.main = std::move(files.main);
            fixture.wal = std::move(files.wal);
        } else if (name == "input.plist.xml") {
            fixture.form = Form::property_list;
            fixture.main = to_binary_plist(plist_from_xml(content));
        } else if (name == "input.archive.xml") {
            fixture.form = Form::property_list;
            fixture.main = to_binary_plist(archive_of(plist_from_xml(content)));
        } else if (name == "input.segb.txt") {
            fixture.main = segb_from_text(content);
        } else if (name == "input.cms.xml") {
            fixture.main = signed_message(content);
        } else if (name == "input.hex") {
            fixture.main = from_hex(content);
        } else {
            bool const is_list = name == "input.xml";
            bool const is_text = name.ends_with(".txt") || name.ends_with(".log") || name.ends_with(".json")
                || name.ends_with(".ndjson");
            fixture.form = is_list ? Form::property_list : is_text ? Form::text : Form::binary;
            fixture.main = content;
        }
        return;
    }
    throw std::runtime_error("no input in " + fixture.folder.string());
}

void load_facts(Fixture& fixture)
{
    std::vector<Fact> facts;
    std::ifstream file { fixture.folder / "facts" };
    for (std::string line; std::getline(file, line);) {
        auto const equals = std::min(line.find('='), line.size());
        Fact fact { line.substr(0, equals), line.substr(std::min(equals + 1, line.size())) };
        if (fact.name == "stored")
            fixture.stored = fact.value;
        else if (fact.name == "modified")
            fixture.modified = from_text(fact.value);
        else if (fact.name == "wall_clock")
            fixture.wall_clock = from_text(fact.value);
        else
            facts.push_back(std::move(fact));
    }
    fixture.clock = device_clock(facts);
}

Fixture load(fs::path const& folder)
{
    Fixture fixture;
    fixture.folder = folder;
    auto const id = folder.parent_path().filename().string();
    fixture.name = id + '/' + folder.filename().string();
    fixture.artifact = find_artifact(id);
    if (fixture.artifact == nullptr)
        return fixture;
    fixture.path = example_path(*fixture.artifact);
    if (auto const path = folder / "path"; fs::exists(path)) {
        fixture.path = slurp(path);
        while (fixture.path.ends_with('\n'))
            fixture.path.pop_back();
    }
    fixture.stored = fixture.path;
    if (auto const beside = folder / "beside.hex"; fs::exists(beside))
        fixture.beside = std::make_shared<TextSource>(from_hex(slurp(beside)));
    load_facts(fixture);
    load_input(fixture);
    return fixture;
}

} // namespace

Input input_of(Fixture const& fixture, Source const& main, Source const& wal)
{
    Input input;
    input.path = fixture.path;
    input.stored = fixture.stored;
    input.source = &main;
    input.wal = fixture.has_wal ? &wal : nullptr;
    input.modified = fixture.modified;
    input.wall_clock = fixture.wall_clock;
    input.clock = fixture.clock.clock;
    input.beside = fixture.beside.get();
    return input;
}

std::string slurp(fs::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    return { std::istreambuf_iterator<char> { file }, {} };
}

std::vector<Fixture> load_fixtures()
{
    return load_fixtures(source_folder() / "tests/artifacts");
}

std::vector<Fixture> load_fixtures(fs::path const& artifacts)
{
    auto const* only = std::getenv("EXHIBIT_ONLY"); // NOLINT(concurrency-mt-unsafe): no other thread runs
    std::vector<fs::path> folders;
    for (auto const& artifact : fs::directory_iterator { artifacts })
        if (only == nullptr || artifact.path().filename().string().starts_with(only))
            for (auto const& test : fs::directory_iterator { artifact.path() })
                folders.push_back(test.path());
    std::ranges::sort(folders);
    std::vector<Fixture> fixtures;
    for (auto const& folder : folders)
        fixtures.push_back(load(folder));
    return fixtures;
}

} // namespace exhibit::test
