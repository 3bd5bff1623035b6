#include "artifact/registry.hpp"
#include "casefile/schema.hpp"
#include "cli/command.hpp"
#include "indicators/curl.hpp"

#include <CLI/CLI.hpp>
#include <archive.h>
#include <idn2.h>
#include <libpsl.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <pugixml.hpp>
#include <simdjson.h>
#include <sqlite3.h>
#include <zlib.h>

namespace exhibit::cli::version_command {
namespace {

using Versions = std::vector<std::pair<std::string, std::string>>;

Versions library_versions()
{
    auto const* const curl = indicators::curl();
    return {
        { "SQLite", sqlite3_libversion() },
        { "OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING) },
        { "libarchive",
            std::string { archive_version_string() }.substr(std::string_view { "libarchive " }.size()) },
        { "zlib", zlibVersion() },
        { "pugixml",
            fmt::format(
                "{}.{}.{}", PUGIXML_VERSION / 1000, PUGIXML_VERSION % 1000 / 10, PUGIXML_VERSION % 10) },
        { "simdjson",
            fmt::format("{}.{}.{}", +simdjson::SIMDJSON_VERSION_MAJOR, +simdjson::SIMDJSON_VERSION_MINOR,
                +simdjson::SIMDJSON_VERSION_REVISION) },
        { "nlohmann-json",
            fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                NLOHMANN_JSON_VERSION_PATCH) },
        { "libpsl", psl_get_version() },
        { "libidn2", idn2_check_version(nullptr) },
        { "libcurl", curl == nullptr ? "not installed" : curl->version_info(CURLVERSION_NOW)->version },
        { "fmt",
            fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION % 10'000 / 100, FMT_VERSION % 100) },
        { "CLI11", CLI11_VERSION },
    };
}

ExitCode run(Session& session, bool as_json)
{
    if (as_json) {
        nlohmann::ordered_json json { { "exhibit", EXHIBIT_VERSION }, { "case_schema", kSchemaVersion },
            { "artifacts", artifacts().size() } };
        for (auto const& [name, version] : library_versions())
            json["libraries"][name] = version;
        session.out().print("{}\n", json.dump(2));
        return ExitCode::good;
    }
    session.out().print("exhibit {}\n  case file schema  {}\n  artifacts         {}\n", EXHIBIT_VERSION,
        kSchemaVersion, artifacts().size());
    for (auto const& [name, version] : library_versions())
        session.out().print("  {:<17} {}\n", name, version);
    return ExitCode::good;
}

Action define(CLI::App& app)
{
    auto const as_json = std::make_shared<bool>(false);
    app.add_flag("--json", *as_json, "As JSON");
    return [as_json](Session& session) { return run(session, *as_json); };
}

} // namespace

extern constinit Command const kCommand { "version", Group::about,
    "Show the version of exhibit, of its case files and of the libraries it uses", "",
    "exhibit version\nexhibit version --json", define };

} // namespace exhibit::cli::version_command
