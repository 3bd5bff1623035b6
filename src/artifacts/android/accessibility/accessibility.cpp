#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace exhibit::android::accessibility {
namespace {

struct Service {
    std::int64_t user = 0;
    std::optional<std::string> package;
    std::optional<std::string> service;
    std::string state;
    std::optional<std::string> label;
    std::optional<std::int64_t> capabilities;
    std::optional<bool> tool;
};

constexpr std::array kColumns {
    column<&Service::user>("user", "Number of the Android user.").mvt("user_id"),
    column<&Service::package>(
        "package", Is::app_id, "Package of the service; bound services are printed without it.")
        .mvt("package_name"),
    column<&Service::service>("service", Is::opaque, "Class of the service.").mvt("service_name"),
    column<&Service::state>("state", Is::opaque,
        "`installed` offers itself, `enabled` was switched on, `bound` runs, `binding` starts, `crashed` "
        "did.")
        .mvt("-"),
    column<&Service::label>("label", Is::free_text, "Name shown to the person; for bound services."),
    column<&Service::capabilities>("capabilities",
        "What a bound service may do: 1 read windows, 2 explore by touch, 8 filter keys, 16 magnify, 32 "
        "gestures, "
        "64 fingerprint gestures, 128 screenshots, added up."),
    column<&Service::tool>(
        "tool", "Whether it calls itself a tool for people with a disability, where the dump says so.")
        .mvt("accessibility_tool"),
};
constexpr auto kServices = table<Service>("android_accessibility_service",
    "One row per accessibility service and state: such a service can read and operate the whole screen.",
    Relation::permitted, kColumns, {}, "dumpsys_accessibility");

struct ServiceCount {
    std::int64_t user = 0;
    std::int64_t installed = 0;
};

constexpr std::array kCountColumns {
    column<&ServiceCount::user>("user", "Number of the Android user.").mvt("user_id"),
    column<&ServiceCount::installed>(
        "installed_services", "How many services are installed, as the system counts.")
        .mvt("installed_service_count"),
};
constexpr auto kCounts = table<ServiceCount>("android_accessibility_count",
    "One row per user: most versions count the installed services and do not name them.", Relation::context,
    kCountColumns, {}, "dumpsys_accessibility");

constexpr std::string_view kService = "Service[label=";
constexpr std::string_view kBehindLabel = ", feedbackType";
constexpr std::size_t kLongestLabels = 64U << 10U;

/// `Bound services:{`, `     Enabled services:{...}`, `  installed services: {`; up to Android 9 `services:{`
/// for those that run.
std::optional<std::string> state_of(std::string_view& text)
{
    if (eat(text, "services:{"))
        return "bound";
    auto const at = text.find(" services:");
    if (at == text.npos || at == 0)
        return std::nullopt;
    auto word = to_lower(text.substr(0, at));
    if (word != "installed" && word != "enabled" && word != "binding" && word != "bound" && word != "crashed")
        return std::nullopt;
    text = trim(text.substr(at + std::string_view { " services:" }.size()));
    if (!eat(text, "{"))
        return std::nullopt;
    return word;
}

class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (auto const id = between(text, "attributes:{id=", ","))
            m_user = to_integer(*id).value_or(0);
        constexpr std::string_view label = "installedServiceCount=";
        if (auto const at = text.find(label); at != text.npos)
            if (auto const count = leading_integer(text.substr(at + label.size())))
                EXHIBIT_TRY(m_context.add(kCounts, ServiceCount { m_user, *count }, Origin { line.offset }));
        if (auto const state = state_of(text)) {
            EXHIBIT_TRY(finish());
            m_state = *state;
            m_state_ends = text.ends_with('}') || text.ends_with("}]");
        } else if (m_state.empty()) {
            return {};
        }
        if (!m_bound.empty() || (m_state == "bound" && text.contains(kService)))
            return add_bound(text, line.offset);
        if (text.starts_with('}')) {
            m_state.clear();
            return {};
        }
        EXHIBIT_TRY(add_components(text, line.offset));
        if (std::exchange(m_state_ends, false))
            m_state.clear();
        return {};
    }

    /// Adds the bound services that were read.
    Result<void> finish()
    {
        auto const all = std::exchange(m_bound, {});
        std::string_view const text = all;
        for (auto at = text.find(kService); at != text.npos; at = text.find(kService, at + 1)) {
            auto const one = text.substr(at, text.find(kService, at + 1) - at);
            auto service = row();
            auto const start = one.find('=') + 1;
            service.label = one.substr(start, one.find(kBehindLabel) - start);
            service.capabilities = to_integer(value_of(one, "capabilities").value_or(""));
            EXHIBIT_TRY(m_context.add(kServices, service, m_origin));
        }
        return {};
    }

private:
    Service row() const
    {
        Service service;
        service.user = m_user;
        service.state = m_state;
        return service;
    }

    /// `0 : com.example/.Service  (A11yTool)` on a line of its own, or `{com.a/.B}, {com.c/.D}}` on one line.
    Result<void> add_components(std::string_view text, std::uint64_t offset)
    {
        if (auto const colon = text.find(" : "); colon != text.npos && to_integer(text.substr(0, colon))) {
            text.remove_prefix(colon + 3);
        }
        while (!text.empty()) {
            auto part = text.substr(0, text.find_first_of("{},"));
            text.remove_prefix(std::min(part.size() + 1, text.size()));
            auto const tool = part.contains("(A11yTool)");
            part = trim(part);
            auto const component = to_component(take_word(part));
            if (!component || !is_package_name(component->package))
                continue;
            auto service = row();
            service.tool = tool;
            service.package = component->package;
            service.service = component->class_name;
            EXHIBIT_TRY(m_context.add(kServices, service, Origin { offset }));
        }
        return {};
    }

    /// `Service[label=Notes, feedbackType[...], capabilities=1, ...]`: what runs, without its component. The
    /// label is the app's, and may hold anything: what looks like a component, or further lines.
    Result<void> add_bound(std::string_view text, std::uint64_t offset)
    {
        if (m_bound.empty())
            m_origin = Origin { offset };
        else
            m_bound += '\n';
        m_bound += text;
        auto const label = std::min(m_bound.rfind(kService), m_bound.size());
        if (m_bound.find(kBehindLabel, label) == std::string::npos && m_bound.size() < kLongestLabels)
            return {};
        EXHIBIT_TRY(finish());
        if (text.ends_with('}') || text.ends_with("}]"))
            m_state.clear();
        m_state_ends = false;
        return {};
    }

    Context& m_context;
    std::int64_t m_user = 0;
    std::string m_state;
    std::string m_bound; ///< bound services, up to one whose label has not ended
    Origin m_origin;
    bool m_state_ends = false;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/accessibility" };
constexpr std::array<Table const*, 2> kTables { &kServices, &kCounts };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.accessibility",
    .title = "Accessibility services",
    .doc
    = "Services that may read and operate the screen: which are installed, switched on and running. It shows "
      "the moment of the acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
    .key = true,
};

} // namespace exhibit::android::accessibility
