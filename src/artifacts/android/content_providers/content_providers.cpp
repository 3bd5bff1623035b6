#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

#include <algorithm>

namespace exhibit::android::content_providers {
namespace {

struct Provider {
    std::string package;
    std::string component;
    std::string authority;
    std::string_view state;
    std::optional<std::string> process;
    std::optional<std::int64_t> uid;
};

constexpr std::array kProviderColumns {
    column<&Provider::package>("package", Is::app_id, "Package that offers it."),
    column<&Provider::component>("component", Is::opaque, "Class of it."),
    column<&Provider::authority>("authority", Is::opaque,
        "Name under which others ask for it, such as `sms`; several with `;` between."),
    column<&Provider::state>("provider_state", Is::opaque,
        "`declared` by an installed package, or `running` when the dump was made; the latter have a "
        "process."),
    column<&Provider::process>("process", Is::process, "Process that it runs in."),
    column<&Provider::uid>("uid", "Linux user id of that."),
};
constexpr auto kProviders = table<Provider>("android_content_provider",
    "One row per content provider: what gives apps access to data such as messages, contacts and files.",
    Relation::installed, kProviderColumns);

struct Client {
    std::string package;
    std::string component;
    std::optional<std::string> authority;
    std::string process;
    std::optional<std::string> client_package;
    std::optional<std::int64_t> uid;
    std::optional<std::int64_t> pid;
    std::optional<std::int64_t> connected_ms;
};

constexpr std::array kClientColumns {
    column<&Client::package>("package", Is::app_id, "Package that offers the data."),
    column<&Client::component>("component", Is::opaque, "Class of the content provider."),
    column<&Client::authority>("authority", Is::opaque, "Name under which others ask for it."),
    column<&Client::process>("process", Is::process, "Process that was connected to it."),
    column<&Client::client_package>(
        "client_package", Is::app_id, "Package of that process, where its name says so."),
    column<&Client::uid>("uid", "Linux user id of the process."),
    column<&Client::pid>("pid", "Process id."),
    column<&Client::connected_ms>("connected_ms", "For how long, in milliseconds."),
};
constexpr auto kClients = table<Client>("android_content_provider_client",
    "One row per process that was connected to a content provider when the dump was made.",
    Relation::executed, kClientColumns);

struct ProcessName {
    std::optional<std::int64_t> pid;
    std::string name;
    std::optional<std::int64_t> uid;
};

/// `4242:com.example.notes:push/u0a231`, `144:system/1000`
std::optional<ProcessName> read_process(std::string_view text)
{
    auto rest = text;
    ProcessName process;
    process.pid = to_integer(take_until(rest, ':'));
    auto const slash = rest.rfind('/');
    if (!process.pid || slash == rest.npos || slash == 0)
        return std::nullopt;
    process.name = rest.substr(0, slash);
    process.uid = to_uid(rest.substr(slash + 1));
    return process;
}

/// `ContentProviderRecord{1a2b u0 com.a/.B}`, `Provider{1a2b com.a/.B}`: the last word; only a class before
/// Android 4.
std::optional<Component> read_component(std::string_view text)
{
    auto const inside = between(text, "{", "}");
    if (!inside)
        return std::nullopt;
    auto const word = inside->substr(inside->rfind(' ') + 1);
    if (auto component = to_component(word))
        return component;
    return Component { {}, std::string { word } };
}

/// Reads `ContentProvider Authorities:` of the package manager.
class Declared {
public:
    explicit Declared(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = line.text;
        if (!text.empty() && text.front() != ' ') {
            m_in_part = text.starts_with("ContentProvider Authorities:");
            m_authority.clear();
        } else if (m_in_part && text.starts_with("  [") && text.ends_with("]:")) {
            m_authority = text.substr(3, text.size() - 5);
        } else if (m_in_part && !m_authority.empty() && trim(text).starts_with("Provider{")) {
            auto const component = read_component(text);
            if (!component || component->package.empty())
                return {};
            return m_context.add(kProviders,
                Provider { std::string { component->package }, component->class_name,
                    std::exchange(m_authority, {}), "declared", {}, {} },
                Origin { line.offset });
        }
        return {};
    }

private:
    Context& m_context;
    bool m_in_part = false;
    std::string m_authority;
};

/// Reads the part ACTIVITY MANAGER CONTENT PROVIDERS: a record of several lines for each, and its clients.
class Running {
public:
    explicit Running(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (text.starts_with("ACTIVITY MANAGER ") || text.ends_with(" in Current Activity Manager State:")) {
            EXHIBIT_TRY(finish());
            m_in_part
                = text.starts_with("ACTIVITY MANAGER CONTENT PROVIDERS") || text.starts_with("Providers ");
        } else if (m_in_part && text.starts_with("* ContentProviderRecord{")) {
            EXHIBIT_TRY(finish());
            open(text, line.offset);
        } else if (m_open) {
            return add_detail(text, line.offset);
        }
        return {};
    }

    Result<void> finish()
    {
        if (!std::exchange(m_open, false) || m_row.package.empty())
            return {};
        return m_context.add(kProviders, m_row, m_origin);
    }

private:
    void open(std::string_view text, std::uint64_t offset)
    {
        m_row = {};
        m_row.state = "running";
        m_origin = Origin { offset };
        auto const component = read_component(text);
        m_open = component.has_value();
        if (component) {
            m_row.package = beginning_of(component->package);
            m_row.component = beginning_of(component->class_name);
        }
    }

    Result<void> add_detail(std::string_view text, std::uint64_t offset)
    {
        if (eat(text, "package=")) {
            // Before Android 4.1 no blank stands between the two: `package=com.aprocess=com.a`.
            auto const process = text.find("process=");
            m_row.package = beginning_of(trim(text.substr(0, process)));
            if (process != text.npos)
                m_row.process = text.substr(process + 8);
        } else if (eat(text, "uid=")) {
            m_row.uid = leading_integer(text);
        } else if (eat(text, "authority=") || eat(text, "name=")) {
            m_row.authority = beginning_of(text);
        } else if (eat(text, "-> ")) {
            auto const connected = text.substr(text.rfind(' ') + 1);
            return add_client(take_word(text), to_duration(connected), offset);
        } else if (eat(text, "clients=[")) {
            while (auto const record = between(text, "ProcessRecord{", "}")) {
                EXHIBIT_TRY(add_client(record->substr(record->rfind(' ') + 1), std::nullopt, offset));
                text.remove_prefix(static_cast<std::size_t>(record->data() + record->size() - text.data()));
            }
        }
        return {};
    }

    Result<void> add_client(
        std::string_view text, std::optional<std::chrono::milliseconds> connected, std::uint64_t offset)
    {
        auto process = read_process(text);
        if (!process)
            return {};
        Client client;
        client.package = m_row.package;
        client.component = m_row.component;
        if (!m_row.authority.empty())
            client.authority = m_row.authority;
        if (auto const package = package_of_process(process->name); !package.empty())
            client.client_package = package;
        client.process = std::move(process->name);
        client.uid = process->uid;
        client.pid = process->pid;
        if (connected)
            client.connected_ms = connected->count();
        return m_context.add(kClients, client, Origin { offset });
    }

    Context& m_context;
    bool m_in_part = false;
    bool m_open = false;
    Provider m_row;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    if (input.path == "@dumpsys/package")
        return read_section(input, context, Declared { context });
    return read_section(input, context, Running { context });
}

constexpr std::array<std::string_view, 2> kPaths { "@dumpsys/activity", "@dumpsys/package" };
constexpr std::array<Table const*, 2> kTables { &kProviders, &kClients };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.content_providers",
    .title = "Content providers and who used them",
    .doc
    = "Content providers give apps access to data of others: messages, contacts, calls, files. Which are "
      "declared, which ran when the dump was made, and which processes were connected to them then.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::content_providers
