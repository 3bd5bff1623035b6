#include "artifact/artifact.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/line_reader.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace exhibit::android::init_scripts {
namespace {

struct Service {
    std::string service;
    std::string program;
    std::optional<std::string> arguments;
    std::optional<std::string> service_class;
    std::optional<std::string> user_name;
    std::optional<std::string> label;
    bool disabled = false;
    bool once = false;
    bool overrides = false;
};

constexpr std::array kServiceColumns {
    column<&Service::service>("service", Is::opaque, "Name of the service."),
    column<&Service::program>("program", Is::path, "Program that is run."),
    column<&Service::arguments>("arguments", Is::system_text, "Its arguments."),
    column<&Service::service_class>(
        "service_class", Is::opaque, "Class that it is started with; `default` where none is given."),
    column<&Service::user_name>("user_name", Is::opaque, "User that it runs as; root where none is given."),
    column<&Service::label>("label", Is::opaque, "SELinux context that it runs in, where one is given."),
    column<&Service::disabled>("disabled", "Whether it is started by its name alone."),
    column<&Service::once>("once", "Whether it is not started again when it ends."),
    column<&Service::overrides>("overrides", "Whether it takes the place of another service of this name."),
};
constexpr auto kServices = table<Service>(
    "android_init_service", "One row per service that `init` may start.", Relation::present, kServiceColumns);

struct Command {
    std::string when;
    std::string command;
    std::optional<std::string> program;
    std::string line;
};

constexpr std::array kCommandColumns {
    column<&Command::when>(
        "init_trigger", Is::opaque, "What it is run at, such as `boot` or `property:a=b`."),
    column<&Command::command>("init_command", Is::opaque, "`exec`, `exec_background`, `insmod` or `import`."),
    column<&Command::program>("program", Is::path, "Program, module of the kernel or file."),
    column<&Command::line>("line", Is::system_text, "The whole command."),
};
constexpr auto kCommands = table<Command>("android_init_command",
    "One row per command of `init` that runs a program, loads a module of the kernel or reads a further "
    "file.",
    Relation::present, kCommandColumns);

struct Script {
    std::string_view path;
    std::string_view file_name;
    std::int64_t size = 0;
};

constexpr std::array kScriptColumns {
    column<&Script::path>("path", Is::path, "Where it is."),
    column<&Script::file_name>("file_name", Is::file_name, "Its name."),
    column<&Script::size>("size", "Bytes of its content."),
};
constexpr auto kScripts = table<Script>("android_boot_script",
    "One row per script in a folder from which root tools and custom systems run scripts at the start.",
    Relation::present, kScriptColumns);

/// The words of a command as `init` tells them apart: quotes keep blanks together, a backslash what follows
/// it. At the end of a line it joins the next one, without that one's leading blanks; in a comment it does
/// not.
class Words {
public:
    explicit Words(std::size_t longest)
        : m_longest(longest)
    {
    }

    /// False when the command goes on in the next line.
    bool add(std::string_view line)
    {
        if (m_goes_on)
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        m_goes_on = false;
        m_size += line.size();
        bool quoted = false;
        for (std::size_t i = 0; i != line.size(); ++i) {
            char const c = line[i];
            if (c == '"') {
                quoted = !quoted;
                m_open = true;
            } else if (quoted) {
                m_word += c;
            } else if (c == '\\') {
                m_open = true;
                if (++i == line.size())
                    return !(m_goes_on = m_size < m_longest);
                m_word += escaped(line[i]);
            } else if (c == ' ' || c == '\t' || c == '\r') {
                finish_word();
            } else if (!m_open && c == '#') {
                break;
            } else {
                m_word += c;
                m_open = true;
            }
        }
        return true;
    }

    std::vector<std::string> take()
    {
        finish_word();
        m_size = 0;
        m_goes_on = false;
        return std::exchange(m_words, {});
    }

    [[nodiscard]] bool goes_on() const { return m_goes_on; }

private:
    static char escaped(char c) { return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c; }

    void finish_word()
    {
        if (m_open)
            m_words.push_back(std::exchange(m_word, {}));
        m_open = false;
    }

    std::size_t m_longest;
    std::size_t m_size = 0;
    std::vector<std::string> m_words;
    std::string m_word;
    bool m_open = false;
    bool m_goes_on = false;
};

std::string joined(std::vector<std::string> const& words, std::size_t from)
{
    std::string out;
    for (std::size_t i = from; i < words.size(); ++i)
        out += (out.empty() ? "" : " ") + words[i];
    return out;
}

/// The language of `init`: README.md of system/core/init in the Android Open Source Project.
class RcFile {
public:
    explicit RcFile(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_command(std::vector<std::string> const& words, std::uint64_t offset)
    {
        if (words.empty())
            return {};
        if (words[0] == "service" || words[0] == "on" || words[0] == "import") {
            EXHIBIT_TRY(finish());
            set_trigger(words, offset);
        }
        if (words[0] == "service" && words.size() > 2) {
            m_service.emplace();
            m_origin = Origin { offset };
            m_service->service = words[1];
            m_service->program = words[2];
            if (words.size() > 3)
                m_service->arguments = joined(words, 3);
        } else if (words[0] == "import") {
            return add_row(words, words.size() > 1 ? 1 : 0, offset);
        } else if (m_service) {
            read_option(words);
        } else if (words[0] == "insmod") {
            // `insmod [-f] PATH ...`
            return add_row(words, words.size() > 2 && words[1].starts_with('-') ? 2 : 1, offset);
        } else if (words[0] == "exec" || words[0] == "exec_background") {
            // `exec [LABEL [USER [GROUP]*]] -- PROGRAM ...`
            auto const dashes = std::ranges::find(words, "--") - words.begin();
            return add_row(words, static_cast<std::size_t>(dashes) + 1, offset);
        }
        return {};
    }

    Result<void> finish()
    {
        auto const service = std::exchange(m_service, std::nullopt);
        return service ? m_context.add(kServices, *service, m_origin) : Result<void> {};
    }

private:
    void read_option(std::vector<std::string> const& words)
    {
        auto const& option = words[0];
        if (option == "disabled")
            m_service->disabled = true;
        else if (option == "oneshot")
            m_service->once = true;
        else if (option == "override")
            m_service->overrides = true;
        else if (words.size() < 2)
            return;
        else if (option == "class")
            m_service->service_class = joined(words, 1);
        else if (option == "user")
            m_service->user_name = words[1];
        else if (option == "seclabel")
            m_service->label = words[1];
    }

    /// Every command below an `on` repeats it.
    void set_trigger(std::vector<std::string> const& words, std::uint64_t offset)
    {
        constexpr std::size_t longest = 4096;
        m_trigger = words[0] == "on" ? joined(words, 1) : std::string {};
        if (m_trigger.size() <= longest)
            return;
        m_trigger.resize(longest);
        m_context.note(Level::warning, Fault::over_limit, "a trigger was cut", Origin { offset });
    }

    Result<void> add_row(std::vector<std::string> const& words, std::size_t program, std::uint64_t offset)
    {
        Command row;
        row.when = m_trigger;
        row.command = words[0];
        if (program != 0 && program < words.size())
            row.program = words[program];
        row.line = joined(words, 0);
        return m_context.add(kCommands, row, Origin { offset });
    }

    Context& m_context;
    std::optional<Service> m_service;
    Origin m_origin;
    std::string m_trigger;
};

Result<void> parse_rc(Input const& input, Context& context)
{
    RcFile file { context };
    LineReader lines { *input.source, context.limits().text };
    Words words { context.limits().text };
    std::uint64_t offset = 0;
    for (Line line; lines.next(line);) {
        if (!words.goes_on())
            offset = line.offset;
        if (words.add(line.text))
            EXHIBIT_TRY(file.add_command(words.take(), offset));
    }
    EXHIBIT_TRY(file.add_command(words.take(), offset));
    EXHIBIT_TRY(file.finish());
    return lines.result();
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".rc"))
        return parse_rc(input, context);
    Script row;
    row.path = input.path;
    row.file_name = base_name(input.path);
    row.size = static_cast<std::int64_t>(input.source->size());
    return context.add(kScripts, row, {});
}

constexpr std::array<std::string_view, 14> kPaths { "/init*.rc", "/system/etc/init/**.rc",
    "/system_ext/etc/init/**.rc", "/vendor/etc/init/**.rc", "/product/etc/init/**.rc", "/odm/etc/init/**.rc",
    "/system/etc/init.d/*", "/system/addon.d/*", "/data/adb/service.d/*", "/data/adb/post-fs-data.d/*",
    "/data/adb/boot-completed.d/*", "/data/adb/modules/*/service.sh", "/data/adb/modules/*/post-fs-data.sh",
    "/data/local/userinit.d/*" };
constexpr std::array<Table const*, 3> kTables { &kServices, &kCommands, &kScripts };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.init_scripts",
    .title = "What starts with the system",
    .doc = "Services and programs that `init` starts, from its files in the system's partitions, and scripts "
           "that root "
           "tools run at the start. Whoever can write there stays on the phone through every restart.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::init_scripts
