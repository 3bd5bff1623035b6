#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "artifacts/android/settings/tables.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::android::settings {
namespace {

constexpr std::size_t kLongestRow = 1U << 20U;

/// Settings that hold package names, not components.
constexpr std::array<std::string_view, 6> kPackageSettings { "always_on_vpn_app",
    "dialer_default_application", "sms_default_application", "debug_app", "gpu_debug_app",
    "mock_location_app" };

/// Adds settings, and what they say about components.
class Writer {
public:
    explicit Writer(Context& context)
        : m_context(context)
    {
    }

    Result<void> add(Setting const& setting, Origin origin)
    {
        EXHIBIT_TRY(m_context.add(kSettings, setting, origin));
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

/// `dumpsys settings`: one row after another, each with the package that wrote it.
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
        auto const text = trim(line.text);
        if (text.contains(" SETTINGS (user ") && text.ends_with(')')) {
            EXHIBIT_TRY(finish());
            auto title = text;
            m_setting.group = to_lower(take_word(title));
            m_setting.user = leading_integer(between(text, "(user ", ")").value_or(""));
        } else if (text.starts_with("_id:")) {
            EXHIBIT_TRY(finish());
            m_row = text;
            m_origin = Origin { line.offset };
        } else if (text.starts_with("History (") || text.starts_with("Historical operations")) {
            auto name = m_row.empty() ? m_setting.name : name_of_row();
            EXHIBIT_TRY(finish());
            m_in_history = true;
            m_setting.name = std::move(name);
        } else if (m_in_history) {
            return add_change(text, Origin { line.offset });
        } else if (!m_row.empty() && m_row.size() < kLongestRow) {
            m_row += fmt::format("\n{}", line.text);
        }
        return {};
    }

    Result<void> finish()
    {
        m_in_history = false;
        if (m_row.empty())
            return {};
        read_row();
        m_row.clear();
        return m_writer.add(m_setting, m_origin);
    }

private:
    [[nodiscard]] std::string name_of_row() const
    {
        auto const name = std::string_view { m_row }.substr(std::min(m_row.find(" name:"), m_row.size()));
        return std::string { name.substr(std::min<std::size_t>(6, name.size()), name.find(' ', 1) - 6) };
    }

    /// `_id:57 name:n pkg:p value:v default:d defaultSystemSet:true tag:t`. A value may hold anything, so the
    /// fields behind it are looked for from the end.
    void read_row()
    {
        auto text = trim(m_row); // an empty line ends each list
        constexpr std::string_view not_kept = " notPreservedInRestore"; // What some makers add.
        text.remove_suffix(text.ends_with(not_kept) ? not_kept.size() : 0);
        auto const cut_back = [&text](std::string_view key) -> std::optional<std::string> {
            auto const at = text.rfind(key);
            if (at == text.npos)
                return std::nullopt;
            std::string found { trim(text.substr(at + key.size())) };
            text = text.substr(0, at);
            return found;
        };
        (void)cut_back(" tag:");
        (void)cut_back(" isValuePreservedInRestore:");
        auto const by_system = cut_back(" defaultSystemSet:");
        m_setting.default_by_system = by_system ? to_flag(*by_system) : std::nullopt;
        m_setting.default_value = cut_back(" default:");
        m_setting.name = name_of_row();
        auto const value = text.find(" value:");
        auto const head = text.substr(0, value);
        m_setting.value = value == text.npos ? std::string {} : std::string { text.substr(value + 7) };
        auto const package = head.find(" pkg:");
        m_setting.written_by.reset();
        if (package != head.npos)
            if (auto const name = unless_null(trim(head.substr(package + 5))))
                m_setting.written_by = *name;
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
        auto const time = part("time:", " mode:");
        if (!time)
            return {};
        change.group = m_setting.group;
        change.user = m_setting.user;
        change.name = m_setting.name;
        change.changed = log_time(*time, m_clock);
        change.old_value = part(" oldValue:", " newValue:");
        change.new_value = part(" newValue:", " package:");
        change.written_by = part(" package:", " ");
        return m_context.add(kChanges, change, origin);
    }

    Context& m_context;
    Writer m_writer;
    DeviceClock m_clock;
    Setting m_setting;
    std::string m_row;
    Origin m_origin;
    bool m_in_history = false;
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
constexpr std::array<Table const*, 3> kTables { &kSettings, &kChanges, &kComponents };

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
