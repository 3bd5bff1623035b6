#include "detection/sql_functions.hpp"

#include "base/local_moment.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "detection/like_pattern.hpp"
#include "indicators/known_hosts.hpp"
#include "indicators/links.hpp"
#include "indicators/url.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <libpsl.h>
#include <re2/re2.h>
#include <sqlite3.h>

namespace exhibit::detection {
namespace {

using Lists = std::map<std::string, ValueList, std::less<>>;
using Arguments = sqlite3_value**;

/// The text of an argument, or nothing when it is NULL.
std::optional<std::string_view> text_of(sqlite3_value* value)
{
    auto const* text = sqlite3_value_text(value);
    if (text == nullptr)
        return std::nullopt;
    return std::string_view { reinterpret_cast<char const*>(text),
        static_cast<std::size_t>(sqlite3_value_bytes(value)) };
}

void answer(sqlite3_context* context, std::string_view text)
{
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void refuse(sqlite3_context* context, char const* why)
{
    sqlite3_result_error(context, why, -1);
}

ValueList const* list_of(sqlite3_context* context, sqlite3_value* name)
{
    auto const& lists = *static_cast<Lists const*>(sqlite3_user_data(context));
    auto const found = lists.find(text_of(name).value_or(""));
    if (found == lists.end()) {
        refuse(context, "there is no list of that name");
        return nullptr;
    }
    return &found->second;
}

/// listed('list', value): 1 when the list holds the value.
void listed(sqlite3_context* context, int, Arguments arguments)
{
    auto const* list = list_of(context, arguments[0]);
    auto const value = text_of(arguments[1]);
    if (list != nullptr && value)
        sqlite3_result_int(context, list->values.contains(*value) ? 1 : 0);
}

/// listed_under('list', path): 1 when the list holds the path or a folder above it.
void listed_under(sqlite3_context* context, int, Arguments arguments)
{
    auto const* list = list_of(context, arguments[0]);
    auto const path = text_of(arguments[1]);
    if (list == nullptr || !path)
        return;
    bool found = list->values.contains(*path);
    for (auto at = path->find('/', 1); !found && at != path->npos; at = path->find('/', at + 1))
        found = list->values.contains(path->substr(0, at));
    sqlite3_result_int(context, found ? 1 : 0);
}

/// listed_reason('list', value): why the list holds the value; NULL when it does not.
void listed_reason(sqlite3_context* context, int, Arguments arguments)
{
    auto const* list = list_of(context, arguments[0]);
    auto const value = text_of(arguments[1]);
    if (list == nullptr || !value)
        return;
    if (auto const found = list->values.find(*value); found != list->values.end())
        answer(context, found->second);
}

/// list_covers('list', '16.3'): 1 when values of the list were measured on a phone with this version of the
/// system, as far as its first number goes.
void list_covers(sqlite3_context* context, int, Arguments arguments)
{
    auto const* list = list_of(context, arguments[0]);
    auto const version = text_of(arguments[1]);
    if (list == nullptr || !version)
        return;
    auto const first = [](std::string_view text) { return text.substr(0, text.find('.')); };
    auto const covers = [&](auto const& one) {
        return one.second.measured && first(one.second.version) == first(*version);
    };
    sqlite3_result_int(context, std::ranges::any_of(list->sources, covers) ? 1 : 0);
}

/// lookalike_of('list', name): the listed name that differs from `name` by one or two edits, or by as many as
/// a third argument says, unless the list holds `name` itself; NULL when there is none. Values that are known
/// from hearsay only are not compared with: they would raise a finding.
void lookalike_of(sqlite3_context* context, int count, Arguments arguments)
{
    unsigned const near = count == 3 && sqlite3_value_int(arguments[2]) == 1 ? 1 : 2;
    constexpr std::size_t shortest = 6; // Shorter names are near to too many others.
    auto const* list = list_of(context, arguments[0]);
    auto const name = text_of(arguments[1]);
    if (list == nullptr || !name || name->size() < shortest || list->values.contains(*name))
        return;
    std::string_view best;
    auto least = near + 1;
    for (auto const& [value, reason] : list->values)
        if (value.size() >= shortest && !list->uncertain.contains(value)) {
            auto const distance = edit_distance(*name, value, near);
            if (distance < least)
                least = distance, best = value;
        }
    if (!best.empty())
        answer(context, best);
}

/// host_of(url): the host in its canonical form; NULL when there is none.
void host_of(sqlite3_context* context, int, Arguments arguments)
{
    indicators::Url url;
    if (auto const text = text_of(arguments[0]); text && indicators::read_url(*text, url) && url.has_host)
        answer(context, url.host.address ? indicators::to_text(*url.host.address) : url.host.name);
}

/// site_of(url): the registrable domain of the host (`b.co.uk` of `a.b.co.uk`), the address of a numeric
/// one; the whole host when it is a public suffix itself.
void site_of(sqlite3_context* context, int, Arguments arguments)
{
    indicators::Url url;
    auto const text = text_of(arguments[0]);
    if (!text || !indicators::read_url(*text, url) || !url.has_host)
        return;
    if (url.host.address)
        return answer(context, indicators::to_text(*url.host.address));
    auto const* site = psl_registrable_domain(psl_builtin(), url.host.name.c_str());
    answer(context, site == nullptr ? std::string_view { url.host.name } : std::string_view { site });
}

void answer_short_link(sqlite3_context* context, int, Arguments arguments)
{
    if (auto const link = short_link_in(text_of(arguments[0]).value_or("")); !link.empty())
        answer(context, link);
}

/// base_name(path): what follows the last `/`.
void base_name_of(sqlite3_context* context, int, Arguments arguments)
{
    if (auto const path = text_of(arguments[0]))
        answer(context, base_name(*path));
}

/// account_key(text): the same for two spellings of one account.
void account_key_of(sqlite3_context* context, int, Arguments arguments)
{
    if (auto const text = text_of(arguments[0]))
        if (auto const key = account_key(*text); !key.empty())
            answer(context, key);
}

/// The year of a text without one: the last in which it was before `now`, as the phone's clock showed it.
/// Without `now` it is 1972, so that the text is near no other.
std::optional<Timestamp> in_its_year(std::string const& text, std::string_view now)
{
    auto const latest = from_text(now);
    if (!latest)
        return from_text("1972-" + text);
    constexpr int longest = 8; // From one 29 February to the next, over a turn of the century.
    auto const year = std::chrono::year_month_day { std::chrono::floor<std::chrono::days>(*latest) }.year();
    for (int past = 0; past <= longest; ++past)
        if (auto const time = from_text(fmt::format("{}-{}", static_cast<int>(year) - past, text));
            time && *time <= *latest + std::chrono::days { 1 })
            return time;
    return std::nullopt;
}

/// clock_micros(time, text[, now]): microseconds to compare moments of one phone with. Where its zone is not
/// known and `time` therefore NULL, those that its clock showed, from the text that was stored: order and
/// distance need no zone.
void clock_micros(sqlite3_context* context, int count, Arguments arguments)
{
    if (sqlite3_value_type(arguments[0]) != SQLITE_NULL)
        return sqlite3_result_value(context, arguments[0]);
    auto const text = local_moment(text_of(arguments[1]).value_or(""));
    if (text.size() < std::string_view { "05-01 10:11" }.size())
        return;
    auto const now = count > 2 ? text_of(arguments[2]).value_or("") : std::string_view {};
    auto const time = text[2] != '-' ? from_text(text) : in_its_year(text, now);
    if (time)
        sqlite3_result_int64(context, time->time_since_epoch().count());
}

std::unique_ptr<RE2> pattern_of(std::string_view text)
{
    RE2::Options options { RE2::Quiet };
    options.set_max_mem(1 << 20);
    return std::make_unique<RE2>(re2::StringPiece { text.data(), text.size() }, options);
}

/// matches(pattern, text): 1 when the regular expression (RE2 syntax) is found in the text.
void matches(sqlite3_context* context, int, Arguments arguments)
{
    auto const pattern = text_of(arguments[0]);
    auto const text = text_of(arguments[1]);
    if (!pattern || !text)
        return;
    auto const* known = static_cast<RE2 const*>(sqlite3_get_auxdata(context, 0));
    if (known == nullptr) {
        auto made = pattern_of(*pattern);
        if (!made->ok())
            return refuse(context, "not a regular expression");
        sqlite3_result_int(context, RE2::PartialMatch({ text->data(), text->size() }, *made) ? 1 : 0);
        sqlite3_set_auxdata(
            context, 0, made.release(), [](void* expression) { delete static_cast<RE2*>(expression); });
        return;
    }
    sqlite3_result_int(context, RE2::PartialMatch({ text->data(), text->size() }, *known) ? 1 : 0);
}

/// like(pattern, text), which is `text LIKE pattern`: that of SQLite takes several times as long.
void like(sqlite3_context* context, int, Arguments arguments)
{
    auto const pattern = text_of(arguments[0]);
    auto const text = text_of(arguments[1]);
    if (!pattern || !text)
        return;
    if (auto const* known = static_cast<LikePattern const*>(sqlite3_get_auxdata(context, 0));
        known != nullptr)
        return sqlite3_result_int(context, known->matches(*text) ? 1 : 0);
    auto made = std::make_unique<LikePattern>(*pattern);
    sqlite3_result_int(context, made->matches(*text) ? 1 : 0);
    sqlite3_set_auxdata(
        context, 0, made.release(), [](void* known) { delete static_cast<LikePattern*>(known); });
}

/// The regular expressions of a list; which of them are hearsay.
using Patterns = std::vector<std::pair<std::unique_ptr<RE2>, bool>>;

/// The patterns of the list, which SQLite keeps until the query ends; nothing when one is none.
Patterns const* patterns_of(sqlite3_context* context, sqlite3_value* name)
{
    if (auto const* known = sqlite3_get_auxdata(context, 0))
        return static_cast<Patterns const*>(known);
    auto const* list = list_of(context, name);
    if (list == nullptr)
        return nullptr;
    auto made = std::make_unique<Patterns>();
    for (auto const& [value, reason] : list->values) {
        made->emplace_back(pattern_of(value), list->uncertain.contains(value));
        if (!made->back().first->ok()) {
            refuse(context, "the list holds what is no regular expression");
            return nullptr;
        }
    }
    sqlite3_set_auxdata(
        context, 0, made.release(), [](void* patterns) { delete static_cast<Patterns*>(patterns); });
    return static_cast<Patterns const*>(sqlite3_get_auxdata(context, 0));
}

/// listed_pattern('list', text): `certain` when a regular expression of the list is found in the text,
/// `hearsay` when only one is that no certain source knows; NULL when none is.
void listed_pattern(sqlite3_context* context, int, Arguments arguments)
{
    auto const text = text_of(arguments[1]);
    auto const* patterns = text ? patterns_of(context, arguments[0]) : nullptr;
    if (patterns == nullptr)
        return;
    std::string_view found;
    for (auto const& [pattern, is_hearsay] : *patterns)
        if (found != "certain" && RE2::PartialMatch({ text->data(), text->size() }, *pattern))
            found = is_hearsay ? "hearsay" : "certain";
    if (!found.empty())
        answer(context, found);
}

struct Function {
    char const* name;
    int arguments;
    void (*call)(sqlite3_context*, int, Arguments);
};

constexpr std::array<Function, 16> kFunctions { {
    { "listed", 2, listed },
    { "listed_under", 2, listed_under },
    { "listed_reason", 2, listed_reason },
    { "list_covers", 2, list_covers },
    { "lookalike_of", 2, lookalike_of },
    { "lookalike_of", 3, lookalike_of },
    { "host_of", 1, host_of },
    { "site_of", 1, site_of },
    { "short_link_in", 1, answer_short_link },
    { "base_name", 1, base_name_of },
    { "account_key", 1, account_key_of },
    { "clock_micros", 2, clock_micros },
    { "clock_micros", 3, clock_micros },
    { "matches", 2, matches },
    { "listed_pattern", 2, listed_pattern },
    { "like", 2, like },
} };

} // namespace

unsigned edit_distance(std::string_view left, std::string_view right, unsigned limit)
{
    constexpr std::size_t longest = 64;
    auto const gap = left.size() > right.size() ? left.size() - right.size() : right.size() - left.size();
    if (gap > limit || left.size() > longest || right.size() > longest)
        return limit + 1;
    std::array<std::array<unsigned, longest + 1>, 3> rows {};
    for (unsigned column = 0; column <= right.size(); ++column)
        rows[0][column] = column;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        auto& row = rows[i % 3];
        auto const& above = rows[(i - 1) % 3];
        auto const& two_above = rows[(i + 1) % 3];
        row[0] = static_cast<unsigned>(i);
        auto least = row[0];
        for (std::size_t j = 1; j <= right.size(); ++j) {
            auto const other = left[i - 1] == right[j - 1] ? 0U : 1U;
            row[j] = std::min({ above[j] + 1, row[j - 1] + 1, above[j - 1] + other });
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                row[j] = std::min(row[j], two_above[j - 2] + 1);
            least = std::min(least, row[j]);
        }
        if (least > limit)
            return limit + 1;
    }
    return std::min(rows[left.size() % 3][right.size()], limit + 1);
}

std::string account_key(std::string_view text)
{
    // Without the codes of country and region, which contacts often lack.
    constexpr std::size_t told_apart_by = 7;
    auto lower = to_lower(text);
    for (std::string_view const scheme : { "tel:", "sms:", "mailto:" })
        if (lower.starts_with(scheme))
            lower.erase(0, scheme.size());
    auto const is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    auto const number = std::string_view { lower }.substr(0, lower.find_first_of("@,;"));
    bool const is_mail = lower.contains('@') && !lower.ends_with("@s.whatsapp.net");
    if (is_mail || std::ranges::any_of(number, is_letter)) {
        auto const first = lower.find_first_not_of(' ');
        auto const last = lower.find_last_not_of(' ');
        return first == lower.npos ? std::string {} : lower.substr(first, last - first + 1);
    }
    std::string digits;
    std::ranges::copy_if(number, std::back_inserter(digits), is_digit);
    return digits.size() > told_apart_by ? digits.substr(digits.size() - told_apart_by) : digits;
}

std::string short_link_in(std::string_view text)
{
    if (!text.contains('/')) // Most texts hold no link with a path.
        return {};
    indicators::LinkFinder links { text };
    for (indicators::Link link; links.next(link);)
        if (link.type != indicators::Link::Type::email && indicators::is_short_link(link.text))
            return std::string { link.text };
    return {};
}

Result<void> add_rule_functions(
    casefile::Database& database, std::map<std::string, ValueList, std::less<>> const& lists)
{
    // SQLite hands the pointer back as it got it; no function changes the lists.
    auto* const user = const_cast<Lists*>(&lists); // NOLINT(cppcoreguidelines-pro-type-const-cast)
    for (auto const& function : kFunctions)
        if (sqlite3_create_function_v2(database.handle(), function.name, function.arguments,
                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, user, function.call, nullptr, nullptr,
                nullptr)
            != SQLITE_OK)
            return fail(Fault::unsupported, "the functions of rules could not be added");
    return {};
}

} // namespace exhibit::detection
