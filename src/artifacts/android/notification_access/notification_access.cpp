#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/common/xml_file.hpp"
#include "base/text.hpp"

namespace exhibit::android::notification_access {
namespace {

struct Listener {
    std::string power;
    std::string state;
    std::optional<std::int64_t> user;
    std::string package;
    std::string component;
    std::optional<bool> system;
};

constexpr std::array kColumns {
    column<&Listener::power>("power", Is::opaque,
        "`listener` reads all notifications, `assistant` also changes them, `condition` switches Do Not "
        "Disturb."),
    column<&Listener::state>(
        "state", Is::opaque, "`allowed` by a person, `enabled` for the users that are active, `live` runs."),
    column<&Listener::user>("user", "Number of the Android user; empty where the dump does not say."),
    column<&Listener::package>("package", Is::app_id, "Package that was given this power."),
    column<&Listener::component>("component", Is::opaque, "Class of its service."),
    column<&Listener::system>("system", "Whether the system itself runs it; for those that run."),
};
constexpr auto kListeners = table<Listener>("android_notification_access",
    "One row per app and state: such an app reads the messages and codes that notifications show.",
    Relation::permitted, kColumns);

/// The components of a list, `com.a/.L:com.b/.M`.
Result<void> add_list(Listener row, std::string_view list, Context& context, Origin origin)
{
    while (!list.empty()) {
        auto component = to_component(trim(take_until(list, ':')));
        if (!component || !is_package_name(component->package))
            continue;
        row.package = component->package;
        row.component = std::move(component->class_name);
        EXHIBIT_TRY(context.add(kListeners, row, origin));
    }
    return {};
}

/// `/data/system/notification_policy.xml`, where the service keeps it:
/// `<enabled_listeners><service_listing approved="com.a/.L:com.b/.M" user="0" />`.
Result<void> parse_file(Input const& input, Context& context)
{
    Listener row;
    row.state = "allowed";
    return for_each_element(input, context, [&](XmlElement const& element, Origin origin) -> Result<void> {
        if (element.name == "enabled_listeners")
            row.power = "listener";
        else if (element.name == "enabled_assistants")
            row.power = "assistant";
        else if (element.name != "service_listing")
            row.power.clear();
        else if (!row.power.empty()) {
            row.user = integer_of(element, "user");
            return add_list(row, element.attribute("approved").value_or(""), context, origin);
        }
        return {};
    });
}

/// Headings name the power and the state; components stand below them.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = trim(line.text);
        if (text.ends_with(':') && begins_part(to_lower(text))) {
            m_indent = indent_of(line.text);
            return {};
        }
        if (m_state.empty() || text.empty())
            return {};
        if (indent_of(line.text) <= m_indent) {
            m_state = {};
            return {};
        }
        return add_components(text, line.offset);
    }

private:
    /// `Allowed notification listeners:`, `All notification listeners (2) enabled for current profiles:`,
    /// `Live notification listeners (1):`
    bool begins_part(std::string_view title)
    {
        std::string_view power;
        if (title.contains("notification listeners"))
            power = "listener";
        else if (title.contains("notification assistant"))
            power = "assistant";
        else if (title.contains("condition provider"))
            power = "condition";
        else
            return false;
        m_power = power;
        m_state = title.starts_with("allowed ") ? "allowed"
            : title.starts_with("all ")         ? "enabled"
            : title.starts_with("live ")        ? "live"
                                                : std::string_view {};
        return true;
    }

    /// `com.a/.L:com.b/.M (user: 0 isPrimary: true)`, or `ComponentInfo{com.a/com.a.L} (user 0): ... SYSTEM`
    Result<void> add_components(std::string_view text, std::uint64_t offset)
    {
        Listener row;
        row.power = m_power;
        row.state = m_state;
        auto list = text;
        if (auto const inner = between(text, "ComponentInfo{", "}")) {
            list = *inner;
            row.user = leading_integer(between(text, "(user ", ")").value_or(""));
            if (m_state == "live")
                row.system = text.ends_with(" SYSTEM");
        } else {
            auto const users = text.find(" (user");
            if (users == text.npos) // Without it the line is something else, or cut.
                return {};
            list = text.substr(0, users);
            row.user = leading_integer(trim(between(text, "(user:", ")").value_or("")));
        }
        return add_list(std::move(row), list, m_context, Origin { offset });
    }

    Context& m_context;
    std::string_view m_power;
    std::string_view m_state;
    std::size_t m_indent = 0;
};

Result<void> parse(Input const& input, Context& context)
{
    return input.path.ends_with(".xml") ? parse_file(input, context)
                                        : read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 2> kPaths { "@dumpsys/notification",
    "/data/system/notification_policy.xml" };
constexpr std::array<Table const*, 1> kTables { &kListeners };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.notification_access",
    .title = "Apps that read notifications",
    .doc = "Apps that were allowed to read or change all notifications, and which of them ran. It shows the "
           "moment of "
           "the acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::notification_access
