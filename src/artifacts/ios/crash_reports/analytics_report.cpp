#include "artifacts/ios/crash_reports/json_report.hpp"
#include "base/text.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

namespace exhibit::ios::crash_reports {
namespace {

using Json = nlohmann::json;
using Key = std::tuple<std::string, std::string, std::string>; ///< event, name, value

constexpr std::size_t kMostTexts = 100'000; ///< of one report
constexpr std::size_t kLongestText = 255;

Json parse_line(std::string_view line)
{
    return is_plain_utf8(line) ? Json::parse(line, nullptr, false)
                               : Json::parse(repair_utf8(line), nullptr, false);
}

std::string_view take_line(std::string_view& text)
{
    auto const end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (line.ends_with('\r') || line.ends_with(' '))
        line.remove_suffix(1);
    return line;
}

/// Most texts of an event are countries, carriers, versions and states. Those with such a name may be
/// programs.
bool may_name_program(std::string_view name)
{
    auto const lower = to_lower(name);
    for (std::string_view const word : { "process", "proc", "bundle", "app", "client", "daemon", "executable",
             "program", "coalition", "identifier" })
        if (lower.find(word) != std::string::npos)
            return true;
    return false;
}

/// `org.example.app ||| 1.2 (3)` without the version.
std::string_view without_version(std::string_view text)
{
    return text.substr(0, text.find(" ||| "));
}

class Texts {
public:
    // NOLINTNEXTLINE(misc-no-recursion): as deep as `depth_left` at most
    void add(std::string const& event, Json const& message, unsigned depth_left)
    {
        if (!message.is_object())
            return;
        for (auto const& [name, value] : message.items()) {
            if (value.is_object() && depth_left != 0)
                add(event, value, depth_left - 1);
            if (!value.is_string() || !may_name_program(name))
                continue;
            auto const text = without_version(value.get_ref<std::string const&>());
            if (!text.empty() && text.size() <= kLongestText)
                count(Key { event, beginning_of(name, kLongestText), text });
        }
    }

    [[nodiscard]] std::map<Key, std::int64_t> const& counts() const { return m_counts; }
    [[nodiscard]] bool full() const { return m_full; }

private:
    void count(Key key)
    {
        auto const found = m_counts.find(key);
        if (found != m_counts.end())
            ++found->second;
        else if (m_counts.size() < kMostTexts)
            m_counts.emplace(std::move(key), 1);
        else
            m_full = true;
    }

    std::map<Key, std::int64_t> m_counts;
    bool m_full = false;
};

} // namespace

bool is_lines_of_json(std::string_view body)
{
    auto rest = body;
    auto const first = take_line(rest);
    return rest.find('{') != std::string_view::npos && parse_line(first).is_object();
}

void read_lines_of_json(std::string_view body, Contents& contents, Context& context)
{
    constexpr unsigned depth = 4;
    Texts texts;
    for (std::uint64_t number = 1; !body.empty(); ++number) {
        auto const line = take_line(body);
        if (line.empty())
            continue;
        auto const json = parse_line(line);
        if (!json.is_object()) {
            context.note(
                Level::damage, Fault::malformed, "a line of a report is no JSON object", Origin { number });
            continue;
        }
        auto const event = json.find("name");
        auto const message = json.find("message");
        if (message != json.end())
            texts.add(event != json.end() && event->is_string()
                    ? std::string { beginning_of(event->get_ref<std::string const&>(), kLongestText) }
                    : std::string {},
                *message, depth);
    }
    if (texts.full())
        context.note(Level::damage, Fault::over_limit, "a report names more programs than are kept");
    for (auto const& [key, lines] : texts.counts()) {
        AnalyticsText row;
        std::tie(row.event, row.name, row.value) = key;
        row.lines = lines;
        contents.analytics.push_back(std::move(row));
    }
}

} // namespace exhibit::ios::crash_reports
