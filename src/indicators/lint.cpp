#include "indicators/lint.hpp"

#include "base/text.hpp"
#include "indicators/canonical_value.hpp"
#include "indicators/known_hosts.hpp"
#include "indicators/registers.hpp"
#include "indicators/url.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <utility>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kShortName = 3; // of a process or file: such names occur by chance
constexpr unsigned kWideV4 = 96 + 24;
constexpr unsigned kWideV6 = 48;

/// Folders that hold the files of every phone.
constexpr std::array<std::string_view, 14> kCommonFolders { "/private/var/tmp", "/private/var/mobile",
    "/private/var/mobile/Library", "/private/var/mobile/Library/Preferences",
    "/private/var/mobile/Library/Caches", "/private/var/root", "/private/var/root/Library", "/private/var/db",
    "/private/var/logs", "/data/local/tmp", "/data/data", "/data/app", "/storage/emulated/0",
    "/storage/emulated/0/Download" };

/// The meanings of values that indicators of a kind are compared with.
std::span<Is const> compared_with(Kind kind)
{
    constexpr static std::array kHosts { Is::domain, Is::ip, Is::url, Is::free_text, Is::system_text };
    constexpr static std::array kUrls { Is::url, Is::free_text, Is::system_text };
    constexpr static std::array kEmails { Is::email, Is::handle, Is::free_text, Is::system_text, Is::url };
    constexpr static std::array kPhones { Is::phone, Is::handle };
    constexpr static std::array kAccounts { Is::handle };
    constexpr static std::array kProcesses { Is::process };
    constexpr static std::array kFiles { Is::path, Is::file_name, Is::process };
    constexpr static std::array kPaths { Is::path, Is::process, Is::system_text };
    constexpr static std::array kHashes { Is::hash };
    constexpr static std::array kApps { Is::app_id, Is::process, Is::path, Is::system_text };
    constexpr static std::array kCertificates { Is::cert_hash };
    constexpr static std::array kProfiles { Is::profile_id };
    constexpr static std::array kProperties { Is::property_name };
    switch (kind) {
    case Kind::domain:
    case Kind::ip:
        return kHosts;
    case Kind::url:
        return kUrls;
    case Kind::email:
        return kEmails;
    case Kind::phone:
        return kPhones;
    case Kind::account:
        return kAccounts;
    case Kind::process:
        return kProcesses;
    case Kind::file_name:
        return kFiles;
    case Kind::file_path:
        return kPaths;
    case Kind::md5:
    case Kind::sha1:
    case Kind::sha256:
        return kHashes;
    case Kind::app_id:
        return kApps;
    case Kind::cert_hash:
        return kCertificates;
    case Kind::profile_id:
        return kProfiles;
    case Kind::property_name:
        return kProperties;
    }
    return {};
}

std::string_view advice_for(Reason reason)
{
    switch (reason) {
    case Reason::damaged_file:
        return "Fetch the file again.";
    case Reason::conjunction:
    case Reason::sequence:
    case Reason::qualifier:
        return "Publish the part that says something by itself as an indicator of its own.";
    case Reason::property:
    case Reason::literal:
    case Reason::comparison:
    case Reason::negation:
    case Reason::pattern_language:
        return "It cannot be checked on a phone; no action is needed if it is meant for other systems.";
    case Reason::bad_regex:
        return "Rewrite the expression without look-around and back references.";
    case Reason::revoked:
    case Reason::replaced:
    case Reason::not_for_detection:
        return "No action is needed.";
    case Reason::not_read:
        return "Unpack it, give it one of these endings, or name the folder that a link leads to.";
    case Reason::unknown_type:
        return "See docs/indicators.md for the types.";
    case Reason::malformed_object:
    case Reason::bad_pattern:
    case Reason::bad_value:
    case Reason::over_limit:
        return "Correct it, or tell its publisher.";
    }
    return {};
}

LintLevel level_of(Reason reason)
{
    switch (reason) {
    case Reason::revoked:
    case Reason::replaced:
    case Reason::not_for_detection:
        return LintLevel::note;
    case Reason::not_read:
        return LintLevel::warning;
    default:
        return LintLevel::error;
    }
}

class Linter {
public:
    Linter(IndicatorSet const& set, LintOptions const& options)
        : m_set(set)
        , m_options(options)
    {
    }

    std::vector<LintFinding> run()
    {
        for (auto const& problem : m_set.problems())
            m_findings.push_back({ level_of(problem.reason), problem.pack, problem.id, problem.detail,
                std::string { explain(problem.reason) }, std::string { advice_for(problem.reason) } });
        for (auto const& indicator : m_set.indicators()) {
            m_indicator = &indicator;
            check();
        }
        report_empty();
        report_repeats();
        report_markings();
        std::ranges::stable_sort(m_findings, {}, &LintFinding::pack);
        return std::move(m_findings);
    }

private:
    void say(LintLevel level, std::string message, std::string_view advice)
    {
        m_findings.push_back({ level, m_indicator->pack, std::string { m_indicator->id },
            std::string { m_indicator->value }, std::move(message), std::string { advice } });
    }

    void check()
    {
        check_use();
        if (m_indicator->compare != Compare::equal) {
            check_registers(m_indicator->value);
            return check_pattern();
        }
        auto const canonical = canonical_value(m_indicator->published_as, m_indicator->value);
        if (!canonical) // the set holds none such
            return;
        check_registers(canonical->key);
        check_spelling(*canonical);
        note_repeat(*canonical);
        switch (canonical->space) {
        case Space::host:
            return check_host(*canonical);
        case Space::address:
            return check_address(*canonical);
        case Space::url:
            return check_url();
        case Space::process:
        case Space::file_name:
            return check_name(canonical->key);
        case Space::path:
            return check_path(canonical->key);
        case Space::app_id:
            if (canonical->key.find('.') == std::string::npos)
                say(LintLevel::warning, "An app id has at least one dot.",
                    "Check the value; a process name belongs under process.");
            return;
        default:
            return;
        }
    }

    void check_use()
    {
        auto const& compared = m_options.compared;
        auto const is_compared = [&](Is is) { return std::ranges::find(compared, is) != compared.end(); };
        if (!compared.empty() && std::ranges::none_of(compared_with(m_indicator->kind), is_compared))
            say(LintLevel::error, "No artifact yields values of this kind.",
                "It will match once an artifact does.");
        if (m_options.today && m_indicator->valid_until && *m_indicator->valid_until < *m_options.today)
            say(LintLevel::warning,
                "Its publisher meant it to be used until "
                    + exhibit::to_text(*m_indicator->valid_until).substr(0, 10) + ".",
                "A match may concern a later owner of the value; matches are still reported.");
    }

    void check_registers(std::string_view key)
    {
        auto reason = do_not_import_reason(m_indicator->kind, key);
        if (!reason)
            reason = do_not_import_reason(m_indicator->published_as, m_indicator->value);
        if (reason)
            say(LintLevel::error, "Known as a wrong or invented indicator: " + std::string { *reason },
                "Remove it.");
        if (m_indicator->ambiguity != Ambiguity::none)
            say(LintLevel::note,
                "Harmless software uses this value too: " + std::string { m_indicator->ambiguity_reason },
                "A match needs a second, different artifact.");
    }

    /// Names of files and processes that are more than a name.
    void check_spelling(CanonicalValue const& canonical)
    {
        if (m_indicator->published_as != Kind::process && m_indicator->published_as != Kind::file_name)
            return;
        if (canonical.space == Space::path)
            say(LintLevel::note, "The value is a path and compared as one: a bare name does not match it.",
                "Publish it as file_path.");
        else if (m_indicator->value.contains('/'))
            say(LintLevel::note, "Of the value only the name is compared: " + canonical.key,
                "Publish the name alone, or the whole path as file_path.");
    }

    void check_pattern()
    {
        auto const& value = m_indicator->value;
        bool const anchored = value.starts_with('^') || value.starts_with("\\A");
        bool const closed = value.ends_with('$') || value.ends_with("\\z");
        if (m_indicator->compare == Compare::regex && !(anchored && closed))
            say(LintLevel::warning, "The expression matches anywhere in a value.", "Anchor it with ^ and $.");
        if (m_indicator->compare == Compare::like && value.find_first_not_of("%_") == value.npos)
            say(LintLevel::error, "The pattern matches every value.", "Remove it.");
    }

    void check_host(CanonicalValue const& canonical)
    {
        auto const& value = m_indicator->value;
        auto const shared = shared_host(canonical.key);
        if (shared == SharedHost::single_label)
            say(LintLevel::error, "A host of the public network has at least one dot.",
                "Check the value: its ending may have been lost. It matches this name alone.");
        else if (shared != SharedHost::no)
            say(LintLevel::warning,
                "The host is a " + std::string { name_of(shared) }
                    + ": it matches itself alone, never hosts below it.",
                "Name the host below it that is meant, or a URL.");
        if (value.find("[.]") != value.npos)
            say(LintLevel::note, "The value is written in a defanged form.", "Publish it as it is met.");
        else if (value.starts_with("*.") || value.starts_with('.'))
            say(LintLevel::note, "The value is written as a wildcard; the host itself matches too.",
                "Publish the host without it.");
        else if (value.find("://") != value.npos || value.find('/') != value.npos)
            say(LintLevel::note, "The value is a URL; its host is compared.", "Publish the host alone.");
        else if (std::ranges::any_of(value, [](char c) { return c >= 'A' && c <= 'Z'; }))
            say(LintLevel::note, "The value has capital letters; hosts are compared without regard to case.",
                "Other tools may miss it: publish it in lower case.");
    }

    void check_address(CanonicalValue const& canonical)
    {
        if (m_indicator->published_as != Kind::ip)
            say(LintLevel::note,
                "An address is published as a " + std::string { name_of(m_indicator->published_as) } + ".",
                "Publish it as ipv4-addr or ipv6-addr: other tools may miss it.");
        auto address = Address {};
        if (canonical.network)
            address = canonical.network->address;
        else
            std::ranges::copy(canonical.key, reinterpret_cast<char*>(address.bytes.data()));
        if (address.is_special())
            say(LintLevel::error,
                "The address is private, local or reserved: it names no machine of the public network.",
                "Remove it.");
        if (canonical.network && canonical.network->bits < (address.is_v4() ? kWideV4 : kWideV6))
            say(LintLevel::warning, "The network is wide: many unrelated machines lie in it.",
                "Publish the addresses that are meant.");
    }

    void check_url()
    {
        if (m_indicator->published_as == Kind::domain)
            return say(LintLevel::warning, "A domain with a path is compared as that one URL, not as a host.",
                "Publish the host as a domain, or the whole as a url.");
        Url url;
        if (read_url(m_indicator->value, url) && url.has_host && !url.has_more_than_host)
            say(LintLevel::warning, "A URL without a path matches the start page of its host alone.",
                "Publish the host as a domain.");
    }

    void check_name(std::string_view name)
    {
        if (name.size() <= kShortName)
            say(LintLevel::warning, "A name this short also occurs by chance.",
                "Use it beside other indicators only.");
    }

    void check_path(std::string_view path)
    {
        auto const common = std::ranges::find(kCommonFolders, path) != kCommonFolders.end();
        if (common || std::ranges::count(path, '/') < 2)
            say(LintLevel::error, "Every phone has files below this folder, and all of them would match.",
                "Name the file or folder that is meant.");
        if (!m_indicator->value.starts_with('/') && m_indicator->value.find("://") == std::string_view::npos)
            say(LintLevel::note, "The path is relative: it is taken as one below /private/var/mobile.",
                "Publish the absolute path.");
    }

    /// Remembers which values several indicators name.
    void note_repeat(CanonicalValue const& canonical)
    {
        if (canonical.network)
            return;
        auto key = canonical.key;
        key += static_cast<char>('A' + static_cast<int>(canonical.space));
        auto& packs = m_seen[std::move(key)];
        for (auto const pack : packs)
            ++m_repeats[{ m_indicator->pack, pack }];
        if (std::ranges::find(packs, m_indicator->pack) == packs.end())
            packs.push_back(m_indicator->pack);
    }

    void report_repeats()
    {
        for (auto const& [pair, count] : m_repeats) {
            auto const& [pack, other] = pair;
            auto message = std::to_string(count);
            if (pack == other)
                message += " of its values occur more than once in it.";
            else
                message += " of its values are also in " + m_set.packs()[other].file + '.';
            m_findings.push_back({ LintLevel::note, pack, {}, {}, std::move(message),
                "A match names every indicator with the value." });
        }
    }

    void report_empty()
    {
        for (std::uint32_t i = 0; i != m_set.packs().size(); ++i)
            if (auto const& pack = m_set.packs()[i]; pack.indicators == 0 && pack.problems == 0)
                m_findings.push_back({ LintLevel::error, i, {}, {}, "There is no indicator in it.",
                    "Get the file again, and look whether it is the one that was meant." });
    }

    void report_markings()
    {
        std::map<std::uint32_t, std::size_t> restricted;
        for (auto const& indicator : m_set.indicators())
            if (indicator.tlp >= Tlp::amber)
                ++restricted[indicator.pack];
        for (auto const& [pack, count] : restricted)
            m_findings.push_back({ LintLevel::note, pack, {}, {},
                std::to_string(count) + " of its indicators are marked TLP:AMBER or stricter.",
                "Reports that show them must not be passed on freely." });
    }

    IndicatorSet const& m_set;
    LintOptions const& m_options;
    Indicator const* m_indicator = nullptr;
    std::vector<LintFinding> m_findings;
    std::unordered_map<std::string, std::vector<std::uint32_t>> m_seen;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> m_repeats;
};

} // namespace

std::string_view name_of(LintLevel level)
{
    constexpr std::array<std::string_view, 3> names { "error", "warning", "note" };
    return names[static_cast<std::size_t>(level)];
}

std::vector<Is> compared_values(std::span<Artifact const* const> artifacts)
{
    std::vector<Is> compared;
    for (auto const* artifact : artifacts)
        for (auto const* table : artifact->tables)
            for (auto const& column : table->columns)
                if (column.is != Is::not_text && column.is != Is::opaque)
                    compared.push_back(column.is);
    std::ranges::sort(compared);
    auto const repeated = std::ranges::unique(compared);
    compared.erase(repeated.begin(), repeated.end());
    return compared;
}

std::vector<LintFinding> lint(IndicatorSet const& set, LintOptions const& options)
{
    return Linter { set, options }.run();
}

} // namespace exhibit::indicators
