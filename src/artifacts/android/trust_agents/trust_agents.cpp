#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

namespace exhibit::android::trust_agents {
namespace {

struct TrustAgent {
    std::optional<std::int64_t> user;
    std::string package;
    std::string component;
    std::optional<bool> managing;
};

constexpr std::array kColumns {
    column<&TrustAgent::user>("user", "Number of the Android user."),
    column<&TrustAgent::package>("package", Is::app_id, "Package that it belongs to."),
    column<&TrustAgent::component>("component", Is::opaque, "Class of the component."),
    column<&TrustAgent::managing>("managing", "Whether it decides if the phone stays unlocked."),
};
constexpr auto kAgents = table<TrustAgent>("android_trust_agent",
    "One row per user and trust agent that is switched on: a part of an app that may keep the phone "
    "unlocked.",
    Relation::permitted, kColumns);

/// Below ` User "Owner" (id=0, ...)` and `Enabled agents:` stands each component on a line, what it does on
/// the next. Source: TrustManagerService of the Android Open Source Project.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (text.starts_with("User \"")) {
            // The name may hold anything: the number stands behind it.
            EXHIBIT_TRY(finish());
            auto const at = text.rfind(" (id=");
            m_user = at == text.npos ? std::nullopt : leading_integer(text.substr(at + 5));
            m_in_list = false;
        } else if (text == "Enabled agents:" || text == "Agents:") {
            m_in_list = true;
        } else if (text == "Events:") {
            m_in_list = false;
            return finish();
        } else if (m_in_list && m_open && text.starts_with("bound=")) {
            if (auto const managing = value_of(text, "managingTrust"))
                m_agent.managing = managing->starts_with('1');
        } else if (m_in_list) {
            return add_agent(take_word(text), line.offset);
        }
        return {};
    }

    Result<void> finish()
    {
        return std::exchange(m_open, false) ? m_context.add(kAgents, m_agent, m_origin) : Result<void> {};
    }

private:
    Result<void> add_agent(std::string_view word, std::uint64_t offset)
    {
        auto component = to_component(word);
        if (!component || !is_package_name(component->package))
            return {};
        EXHIBIT_TRY(finish());
        m_agent = TrustAgent { m_user, std::string { component->package }, std::move(component->class_name),
            std::nullopt };
        m_origin = Origin { offset };
        m_open = true;
        return {};
    }

    Context& m_context;
    std::optional<std::int64_t> m_user;
    TrustAgent m_agent;
    Origin m_origin;
    bool m_in_list = false;
    bool m_open = false;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/trust" };
constexpr std::array<Table const*, 1> kTables { &kAgents };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.trust_agents",
    .title = "What may keep the phone unlocked",
    .doc
    = "Trust agents, such as those of Smart Lock: parts of apps that may keep the phone unlocked. It shows "
      "the moment of the acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::trust_agents
