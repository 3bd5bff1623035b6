#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/android/settings/tables.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace exhibit::android::settings {
namespace {

constexpr std::size_t kLongestRow = 1U << 20U;
constexpr std::string_view kOperations = "Historical operations";

/// Settings that hold package names, not components.
constexpr std::array<std::string_view, 8> kPackageSettings { "always_on_vpn_app",
    "dialer_default_application", "sms_default_application", "debug_app", "gpu_debug_app",
    "gpu_debug_layer_app", "mock_location_app", "webview_provider" };

constexpr std::array<std::string_view, 9> kServerSettings { "http_proxy", "global_http_proxy_host",
    "global_proxy_pac_url", "global_http_proxy_pac", "private_dns_specifier", "captive_portal_server",
    "captive_portal_http_url", "captive_portal_https_url", "captive_portal_fallback_url" };

/// Adds settings, and what they say about components and servers.
class Writer {
public:
    explicit Writer(Context& context)
        : m_context(context)
    {
    }

    Result<void> add(Setting const& setting, Origin origin)
    {
        EXHIBIT_TRY(m_context.add(kSettings, setting, origin));
        std::string_view const value = trim(setting.value);
        if (std::ranges::find(kServerSettings, setting.name) != kServerSettings.end() && !value.empty()
            && value != "null" && value != ":0")
            EXHIBIT_TRY(m_context.add(
                kServers, SettingServer { setting.group, setting.user, setting.name, value }, origin));
        bool const names_packages
            = std::ranges::find(kPackageSettings, setting.name) != kPackageSettings.end();
        std::string_view list = setting.value;
        while (!list.empty()) {
            auto part = list.substr(0, list.find_first_of(":,"));
            list.remove_prefix(std::min(part.size() + 1, list.size()));
            part = trim(part.substr(0, part.find(';'))); // `;` begins the sub-types of an input method
            SettingComponent row;
            row.group = setting.group;
            row.user = setting.user;
            row.name = setting.name;
            auto component = to_component(part);
            if (component && is_package_name(component->package)) {
                row.package = component->package;
                row.component = std::move(component->class_name);
            } else if (names_packages && is_package_name(part)) {
                row.package = part;
            } else {
                continue;
            }
            EXHIBIT_TRY(m_context.add(kComponents, row, origin));
        }
        return {};
    }

private:
    Context& m_context;
};

/// The files of AndroidQF, `key=value`: a line without `=` continues the value before it, and so does an
/// option of the zygote (`--setuid=1000`), as attacks put them into values.
Result<void> parse_list(Input const& input, Context& context)
{
    auto group = base_name(input.path);
    group.remove_suffix(std::string_view { ".txt" }.size());
    group = group.substr(group.rfind('_') + 1);
    Writer writer { context };
    Setting setting;
    setting.group = group;
    Origin origin;
    bool open = false;
    LineReader lines { *input.source, context.limits().text };
    for (Line line; lines.next(line);) {
        auto value = line.text;
        auto const key = take_until(value, '=');
        if (key.size() == line.text.size() || key.contains(' ') || key.starts_with("--")) {
            if (open && !line.text.empty() && setting.value.size() < kLongestRow)
                setting.value += fmt::format("\n{}", line.text);
            continue;
        }
        if (open)
            EXHIBIT_TRY(writer.add(setting, origin));
        open = true;
        setting.name = key;
        setting.value = value;
        origin = Origin { line.offset };
    }
    if (open)
        EXHIBIT_TRY(writer.add(setting, origin));
    return lines.result();
}

/// `/data/system/users/0/settings_secure.xml`, which the service itself keeps.
Result<void> parse_file(Input const& input, Context& context)
{
    auto group = base_name(input.path);
    (void)eat(group, "settings_");
    group = group.substr(0, group.find('.'));
    Writer writer { context };
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        auto const name = element.attribute("name");
        if (element.name != "setting" || !name)
            return {};
        Setting setting;
        setting.group = group;
        setting.user = user_of_path(input.path);
        setting.name = *name;
        setting.value = encoded_text_of(element, "value").value_or("");
        setting.default_value = encoded_text_of(element, "defaultValue");
        setting.default_by_system = flag_of(element, "defaultSysSet");
        setting.written_by
            = unless_null(element.attribute("package").value_or("")).transform([](auto package) {
                  return std::string { package };
              });
        return writer.add(setting, origin);
    });
}

/// `GLOBAL SETTINGS (user 0)`
bool is_title(std::string_view line)
{
    auto const group = take_word(line);
    if (group.empty() || !eat(line, "SETTINGS (user "))
        return false;
    auto const user = take_until(line, ')');
    return trim(line).empty() && to_integer(user)
        && std::ranges::all_of(group, [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); });
}

/// `_id:57 name:n ...`
bool begins_row(std::string_view line)
{
    return eat(line, "_id:") && line.substr(std::min(line.find(' '), line.size())).starts_with(" name:");
}

/// `2026-06-10 09:02:12 update adb_enabled`, of what the service itself remembers.
struct Operation {
    std::string_view when;
    std::string_view what;
    std::string_view name;
};
std::optional<Operation> to_operation(std::string_view line)
{
    constexpr auto length = std::string_view { "0000-00-00 00:00:00" }.size();
    auto const when = line.substr(0, length);
    auto rest = line.substr(when.size());
    if (when.size() != length || when[4] != '-' || when[10] != ' ' || !rest.starts_with(' '))
        return std::nullopt;
    auto const what = take_word(rest);
    return Operation { when, what, rest };
}

bool is_change(std::string_view line)
{
    return line.starts_with("time:") && line.contains(" mode:");
}

/// `dumpsys settings`: one row after another, each with the package that wrote it. A value may hold any
/// lines, so what follows a row is taken apart when the next begins, from its end.
class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_writer(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        if (is_title(line.text)) {
            EXHIBIT_TRY(finish_row());
            auto title = line.text;
            m_setting.group = to_lower(take_word(title));
            m_setting.user = leading_integer(between(title, "(user ", ")").value_or(""));
        } else if (auto const text = trim(line.text); begins_row(text)) {
            EXHIBIT_TRY(finish_row());
            m_row = text;
            m_origin = Origin { line.offset };
        } else if (m_row.size() < kLongestRow) {
            m_lines.push_back({ m_row.size() + 1, line.offset });
            m_row += fmt::format("\n{}", line.text);
        }
        return {};
    }

    Result<void> finish()
    {
        leave_out_registry();
        return finish_row();
    }

private:
    struct Begin {
        std::size_t begin; ///< in the text of the row
        std::uint64_t offset;
    };

    Result<void> finish_row()
    {
        auto const end = begin_of_history();
        auto const lines = std::exchange(m_lines, {});
        auto const all = std::exchange(m_row, {});
        if (all.starts_with("_id:")) {
            read_row(std::string_view { all }.substr(0, end < lines.size() ? lines[end].begin : all.size()));
            EXHIBIT_TRY(m_writer.add(m_setting, m_origin));
        }
        for (auto i = end; i < lines.size(); ++i) {
            auto const text = std::string_view { all }.substr(lines[i].begin);
            EXHIBIT_TRY(add_history(trim(text.substr(0, text.find('\n'))), Origin { lines[i].offset }));
        }
        return {};
    }

    [[nodiscard]] std::string_view line_at(std::size_t number) const
    {
        auto const text = std::string_view { m_row }.substr(m_lines[number].begin);
        return trim(text.substr(0, text.find('\n')));
    }

    /// Since Android 14 what the service counts of its settings stands behind all of them.
    void leave_out_registry()
    {
        for (std::size_t i = 0; i + 1 < m_lines.size(); ++i)
            if (line_at(i) == "GENERATION REGISTRY"
                && line_at(i + 1).starts_with("Maximum number of backing stores:")) {
                m_row.resize(m_lines[i].begin - 1);
                m_lines.resize(i);
            }
    }

    /// The first of the lines from which on there are only headings and lines of histories.
    [[nodiscard]] std::size_t begin_of_history() const
    {
        auto begin = m_lines.size();
        bool has_lines = false;
        for (auto i = m_lines.size(); i-- != 0;) {
            auto const text = line_at(i);
            bool const is_line = is_change(text) || to_operation(text);
            bool const is_heading
                = (text.starts_with("History (") && text.ends_with(')')) || text == kOperations;
            if (!is_line && !is_heading && !text.empty())
                break;
            has_lines = has_lines || is_line;
            if (is_heading && has_lines)
                begin = i;
        }
        return begin;
    }

    static std::string name_of_row(std::string_view row)
    {
        auto const name = row.substr(std::min(row.find(" name:"), row.size()));
        return std::string { name.substr(std::min<std::size_t>(6, name.size()), name.find(' ', 1) - 6) };
    }

    /// `_id:57 name:n pkg:p value:v default:d defaultSystemSet:true tag:t`. A value may hold anything, so the
    /// fields behind it are looked for from the end, on the last line and in the form in which they are
    /// printed: what may belong to the value stays with it.
    void read_row(std::string_view row)
    {
        auto text = trim(row); // an empty line ends each list
        auto const last_line = text.rfind('\n') + 1;
        auto const cut_back = [&](std::string_view key, auto const& is_such) -> std::optional<std::string> {
            auto const at = text.rfind(key);
            if (at == text.npos || at < last_line || !is_such(text.substr(at + key.size())))
                return std::nullopt;
            std::string found { text.substr(at + key.size()) };
            text = text.substr(0, at);
            return found;
        };
        auto const is_flag = [](std::string_view word) { return word == "true" || word == "false"; };
        auto const is_word = [](std::string_view word) { return word.find_first_of(" \"'") == word.npos; };
        auto const is_any = [](std::string_view) { return true; };
        constexpr std::string_view not_kept = " notPreservedInRestore"; // What some makers add.
        text.remove_suffix(text.ends_with(not_kept) ? not_kept.size() : 0);
        // The order of these two differs.
        (void)cut_back(" isValuePreservedInRestore:", is_flag);
        m_setting.mark = cut_back(" tag:", is_word);
        if (m_setting.mark == "null")
            m_setting.mark.reset();
        (void)cut_back(" isValuePreservedInRestore:", is_flag);
        auto const by_system = cut_back(" defaultSystemSet:", is_flag);
        m_setting.default_by_system = by_system ? to_flag(*by_system) : std::nullopt;
        m_setting.default_value = by_system ? cut_back(" default:", is_any) : cut_back(" default:", is_word);
        m_setting.name = name_of_row(text);
        auto const value = text.find(" value:");
        auto const head = text.substr(0, value);
        m_setting.value = value == text.npos ? std::string {} : std::string { text.substr(value + 7) };
        auto const package = head.find(" pkg:");
        m_setting.written_by.reset();
        if (package != head.npos)
            if (auto const name = unless_null(trim(head.substr(package + 5))))
                m_setting.written_by = *name;
    }

    Result<void> add_history(std::string_view text, Origin origin)
    {
        if (eat(text, "History (")) {
            m_setting.name = text.substr(0, text.rfind(')'));
            return {};
        }
        if (is_change(text))
            return add_change(text, origin);
        auto const operation = to_operation(text);
        if (!operation)
            return {};
        SettingOperation row;
        row.group = m_setting.group;
        row.user = m_setting.user;
        row.performed = local_time(operation->when, m_clock);
        row.operation = operation->what;
        if (!operation->name.empty())
            row.name = operation->name;
        return m_context.add(kSettingOperations, row, origin);
    }

    /// `time:05-01 10:11:12.345 mode:update oldValue:1 newValue:-1 package:com.example`
    Result<void> add_change(std::string_view text, Origin origin)
    {
        SettingChange change;
        auto const part = [&](std::string_view from, std::string_view to) -> std::optional<std::string_view> {
            auto const at = text.find(from);
            if (at == text.npos)
                return std::nullopt;
            auto const rest = text.substr(at + from.size());
            return trim(rest.substr(0, rest.find(to)));
        };
        change.group = m_setting.group;
        change.user = m_setting.user;
        change.name = m_setting.name;
        change.changed = log_time(part("time:", " mode:").value_or(""), m_clock);
        change.old_value = part(" oldValue:", " newValue:");
        change.new_value = part(" newValue:", " package:");
        change.written_by = part(" package:", " ");
        return m_context.add(kChanges, change, origin);
    }

    Context& m_context;
    Writer m_writer;
    DeviceClock m_clock;
    Setting m_setting;
    std::string m_row; ///< the row and the lines behind it
    std::vector<Begin> m_lines; ///< those behind it
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".txt"))
        return parse_list(input, context);
    if (input.path.ends_with(".xml"))
        return parse_file(input, context);
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 3> kPaths { "@androidqf/settings_*.txt", "@dumpsys/settings",
    "/data/system/users/*/settings_*.xml" };
constexpr std::array<Table const*, 5> kTables { &kSettings, &kChanges, &kSettingOperations, &kComponents,
    &kServers };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.settings",
    .title = "Settings",
    .doc
    = "Settings of the device, from the lists that AndroidQF takes and from the settings service, its dump "
      "or its "
      "files, which also know which package wrote each one and, with some makers, how it changed over time.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::settings
