#include "artifact/registry.hpp"
#include "casefile/schema.hpp"
#include "cli/artifact_docs.hpp"
#include "cli/choice.hpp"
#include "cli/command.hpp"
#include "cli/layout.hpp"
#include "cli/opening.hpp"
#include "cli/output_place.hpp"
#include "report/output_file.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

namespace exhibit::cli::artifacts_command {
namespace {

namespace fs = std::filesystem;

enum class Format : std::uint8_t { text, markdown, json };

struct Options {
    std::string id;
    Format format = Format::text;
    fs::path output;
};

void print_text(Session& session, Artifact const& artifact)
{
    session.out().print("{}  {}{}\n\n  {}\n\n", session.paint(Paint::strong, artifact.id), artifact.title,
        artifact.key ? "  (key artifact)" : "", wrapped(artifact.doc, 2));
    for (auto const path : artifact.paths)
        session.out().print("  {}\n", path);
    for (auto const* table : artifact.tables) {
        session.out().print(
            "\n  {}  {}\n", session.paint(Paint::strong, table->name), wrapped(table->doc, 4));
        TextTable columns;
        for (auto const& column : table->columns)
            columns.add({ std::string { column.name },
                column.type == Type::text ? std::string { name_of(column.is) }
                                          : std::string { name_of(column.type) },
                std::string { column.doc } });
        session.out().write(columns.text(4));
    }
}

void print_list(Session& session)
{
    TextTable table;
    for (auto const* artifact : artifacts())
        table.add(
            { artifact->key ? "*" : " ", std::string { artifact->id }, std::string { artifact->title } });
    session.out().write(table.text(0));
    session.out().write("\nKey artifacts are marked *. `exhibit artifacts ID` says more of one.\n");
}

nlohmann::ordered_json json_of(Artifact const& artifact)
{
    nlohmann::ordered_json json { { "id", artifact.id }, { "title", artifact.title },
        { "platform", name_of(artifact.platform) }, { "key", artifact.key }, { "doc", artifact.doc },
        { "paths", artifact.paths } };
    auto& tables = json["tables"] = nlohmann::ordered_json::array();
    for (auto const* table : artifact.tables) {
        auto& columns = tables.emplace_back(nlohmann::ordered_json { { "name", table->name },
            { "doc", table->doc }, { "relation", name_of(table->relation) } })["columns"]
            = nlohmann::ordered_json::array();
        for (auto const& column : table->columns)
            columns.push_back(
                { { "name", column.name }, { "type", name_of(column.type) }, { "holds", name_of(column.is) },
                    { "clock", column.clock == Clock::none ? std::string_view {} : name_of(column.clock) },
                    { "doc", column.doc } });
    }
    return json;
}

Result<void> write_file(fs::path const& path, std::string_view text)
{
    auto file = EXHIBIT_TRY(report::OutputFile::create(path, report::Readers::everybody));
    EXHIBIT_TRY(file.write(text));
    return file.commit(Replace::yes);
}

/// Whether a file is named as the page of an artifact: others are not ours to remove.
bool is_page(fs::path const& file)
{
    auto const name = file.filename().string();
    return file.extension() == ".md" && (name.starts_with("ios.") || name.starts_with("android."));
}

/// Writes artifacts.md and artifacts/<id>.md, and removes pages of artifacts that are no more.
Result<void> write_pages(fs::path const& folder)
{
    std::error_code error;
    fs::create_directories(folder / "artifacts", error);
    EXHIBIT_TRY(write_file(folder / "artifacts.md", artifact_overview(artifacts())));
    std::set<std::string> written;
    for (auto const* artifact : artifacts()) {
        auto const name = fmt::format("{}.md", artifact->id);
        EXHIBIT_TRY(write_file(folder / "artifacts" / name, artifact_page(*artifact)));
        written.insert(name);
    }
    std::vector<fs::path> outdated;
    for (auto const& file : fs::directory_iterator { folder / "artifacts", error })
        if (is_page(file.path()) && !written.contains(file.path().filename().string()))
            outdated.push_back(file.path());
    for (auto const& path : outdated)
        fs::remove(path, error);
    return {};
}

ExitCode print_markdown(Session& session, Artifact const* chosen, Options const& options)
{
    if (options.output.empty()) {
        session.out().write(chosen != nullptr ? artifact_page(*chosen) : artifact_overview(artifacts()));
        return ExitCode::good;
    }
    if (auto const why = forbidden({ options.output, {}, {} }))
        return refuse(session, *why);
    if (auto const written = write_pages(options.output); !written)
        return session.refuse(written.error().what, options.output.string());
    return ExitCode::good;
}

ExitCode run(Session& session, Options const& options)
{
    auto const* chosen = options.id.empty() ? nullptr : find_artifact(options.id);
    if (chosen == nullptr && !options.id.empty())
        return session.refuse(
            fmt::format("there is no artifact '{}'", options.id), "`exhibit artifacts` lists them all");
    if (!options.output.empty() && (options.format != Format::markdown || chosen != nullptr))
        return session.refuse("--output writes the pages of all artifacts as markdown",
            "give it with --format markdown and without ID");
    if (options.format == Format::markdown)
        return print_markdown(session, chosen, options);
    if (options.format == Format::json) {
        auto json = nlohmann::ordered_json::array();
        for (auto const* artifact : artifacts())
            if (chosen == nullptr || chosen == artifact)
                json.push_back(json_of(*artifact));
        session.out().print("{}\n", json.dump(2));
    } else if (chosen != nullptr) {
        print_text(session, *chosen);
    } else {
        print_list(session);
    }
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto options = std::make_shared<Options>();
    app.add_option("ID", options->id, "The artifact, such as ios.data_usage");
    std::map<std::string, Format> const formats { { "text", Format::text }, { "markdown", Format::markdown },
        { "json", Format::json } };
    choose(app.add_option("--format", options->format, "text, markdown or json (default: text)"), formats)
        ->type_name("FORMAT");
    app.add_option("--output", options->output, "With markdown: write all pages into this folder")
        ->type_name("DIR");
    return [options](Session& session) { return run(session, *options); };
}

} // namespace

extern constinit Command const kCommand { "artifacts", Group::knowledge,
    "List what exhibit reads, or explain one artifact", "",
    "exhibit artifacts\nexhibit artifacts ios.data_usage\nexhibit artifacts --format markdown --output docs",
    define };

} // namespace exhibit::cli::artifacts_command
