#include "cli/artifact_docs.hpp"

#include "casefile/schema.hpp"
#include "cli/artifact_sources.hpp"

#include <fmt/format.h>

namespace exhibit::cli {
namespace {

std::string_view const kGenerated
    = "<!-- Written by `make docs` from the declarations in src/artifacts; do not edit. -->\n\n";

/// Text in a cell of a Markdown table.
std::string cell(std::string_view text)
{
    std::string out;
    for (char const c : text) {
        if (c == '|')
            out += '\\';
        out += c;
    }
    return out;
}

std::string meaning_of(Column const& column)
{
    if (column.type == Type::time)
        return fmt::format("time, clock `{}`", name_of(column.clock));
    if (column.type == Type::text)
        return fmt::format("`{}`", name_of(column.is));
    return std::string { name_of(column.type) };
}

std::string mvt_key(Column const& column)
{
    if (column.mvt_key == "-")
        return "";
    return fmt::format("`{}`", column.mvt_key.empty() ? column.name : column.mvt_key);
}

std::string table_section(Table const& table)
{
    auto out = fmt::format(
        "\n## Table `{}`\n\n{}\n\nRelation: `{}`.", table.name, table.doc, name_of(table.relation));
    if (!table.mvt_file.empty())
        out += fmt::format(" In the MVT-compatible export: `{}.json`.", table.mvt_file);
    bool const in_mvt = !table.mvt_file.empty();
    out += fmt::format("\n\n| Column | Holds | Meaning |{}\n|---|---|---|{}\n", in_mvt ? " MVT key |" : "",
        in_mvt ? "---|" : "");
    for (auto const& column : table.columns)
        out += fmt::format("| `{}` | {} | {} |{}\n", column.name, meaning_of(column), cell(column.doc),
            in_mvt ? fmt::format(" {} |", mvt_key(column)) : "");
    if (!table.events.empty())
        out += "\n| Event | When | Words |\n|---|---|---|\n";
    for (auto const& event : table.events)
        out += fmt::format("| `{}` | `{}` | {} |\n", event.kind, event.when, cell(event.text));
    return out;
}

std::string_view title_of(Platform platform)
{
    return platform == Platform::ios ? "iOS" : "Android";
}

std::string_view kept_in(Artifact const& artifact)
{
    bool const is_ios = artifact.platform == Platform::ios;
    switch (artifact.kept) {
    case Kept::in_all:
        return {};
    case Kept::in_backup:
        return is_ios
            ? "\nOnly backups take it along.\n"
            : "\nAdb backups, also those in AndroidQF acquisitions, and copies of the file system take it "
              "along.\n";
    case Kept::if_encrypted:
        return "\nOf backups, only encrypted ones take it along.\n";
    case Kept::on_device:
        return is_ios ? "\nNo backup takes it along: only copies of the file system do.\n"
                      : "\nOnly copies of the file system take it along.\n";
    }
    return {};
}

/// A cell per kind of acquisition.
std::string sources(Artifact const& artifact)
{
    std::string cells;
    auto const kinds = kinds_of(artifact);
    for (std::size_t i = 0; i != acquisition_kinds(artifact.platform).size(); ++i)
        cells += kinds[i] ? " yes |" : " |";
    return cells;
}

} // namespace

std::string artifact_page(Artifact const& artifact)
{
    auto out = fmt::format("{}# {}\n\n`{}`, {}{}\n\n{}\n\n## Where it lies\n\n", kGenerated, artifact.title,
        artifact.id, title_of(artifact.platform),
        artifact.key ? fmt::format(". A key artifact: without it{} an assessment is inconclusive.",
                           artifact.instead.empty() ? "" : fmt::format(" and `{}`", artifact.instead))
                     : ".",
        artifact.doc);
    for (auto const path : artifact.paths)
        out += fmt::format("- `{}`\n", path);
    out += kept_in(artifact);
    for (auto const* table : artifact.tables)
        out += table_section(*table);
    return out;
}

std::string artifact_overview(std::span<Artifact const* const> artifacts)
{
    auto out = fmt::format(
        "{}# Artifacts\n\nWhat exhibit reads, with a page for each. Key artifacts are those "
        "without which an assessment is inconclusive. A kind of acquisition says `yes` where it can hold "
        "what the artifact reads; whether it does depends on the device, its version and what was "
        "taken.\n",
        kGenerated);
    for (auto const platform : { Platform::ios, Platform::android }) {
        std::string rows;
        for (auto const* artifact : artifacts) {
            if (artifact->platform != platform)
                continue;
            std::string tables;
            for (auto const* table : artifact->tables)
                tables += fmt::format("{}`{}`", tables.empty() ? "" : ", ", table->name);
            rows += fmt::format("| [{0}](artifacts/{0}.md) | {1} | {2} |{3} {4} |\n", artifact->id,
                cell(artifact->title), artifact->key ? "yes" : "", sources(*artifact), tables);
        }
        std::string head;
        std::string line;
        for (auto const kind : acquisition_kinds(platform)) {
            head += fmt::format(" {} |", kind);
            line += "---|";
        }
        if (!rows.empty())
            out += fmt::format("\n## {}\n\n| Artifact | What | Key |{} Tables |\n|---|---|---|{}---|\n{}",
                title_of(platform), head, line, rows);
    }
    return out;
}

} // namespace exhibit::cli
