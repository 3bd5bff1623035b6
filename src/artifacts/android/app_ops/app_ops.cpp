#include "artifacts/android/app_ops/access.hpp"
#include "artifacts/android/app_ops/tables.hpp"
#include "artifacts/android/common/elapsed.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace exhibit::android::app_ops {
namespace {

/// Follows the indentation of the dump: user ids, in them packages, in them operations, in them accesses.
class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        auto const indent = indent_of(line.text);
        if (indent == 2 && eat(text, "Uid ")) {
            EXHIBIT_TRY(finish());
            m_in_uids = true;
            m_uid = to_uid(take_until(text, ':'));
            m_package.clear();
            m_operation.clear();
            m_uid_state.reset();
            m_state_origin = Origin { line.offset };
            return {};
        }
        if (!m_in_uids || text.empty())
            return {};
        if (m_package.empty() && read_state(text))
            return {};
        if (indent < 2 || (indent == 2 && text.ends_with(':'))) {
            m_in_uids = false; // Another part of the dump begins.
            return finish();
        }
        if (indent <= 4 && eat(text, "Package ")) {
            EXHIBIT_TRY(finish());
            text.remove_suffix(text.ends_with(':') ? 1 : 0);
            m_package = text;
            m_operation.clear();
            return {};
        }
        if (auto const operation = read_operation(text)) {
            EXHIBIT_TRY(begin_operation(*operation, line.offset));
            for (auto const& access : read_short_form(operation->rest))
                EXHIBIT_TRY(hold(access, line.offset));
            return {};
        }
        return m_package.empty() ? Result<void> {} : add_accesses(text, line.offset);
    }

    /// The state of a user id stands before its packages.
    Result<void> finish()
    {
        EXHIBIT_TRY(add_held());
        auto state = std::exchange(m_state, std::nullopt);
        if (!state)
            return {};
        state->uid = m_uid;
        return m_context.add(kUserStates, *state, m_state_origin);
    }

private:
    struct Named {
        std::string_view name;
        std::string_view mode;
        std::string_view rest {}; ///< what stands behind the mode
    };

    struct Held {
        AccessRow row;
        std::uint64_t offset = 0;
    };

    bool read_state(std::string_view text)
    {
        auto value = text;
        auto const key = take_until(value, '=');
        if (key != "state" && key != "capability" && key != "appWidgetVisible")
            return false;
        if (!m_state)
            m_state.emplace();
        if (key == "state")
            m_state->state = m_uid_state = value;
        else if (key == "capability")
            m_state->capability = value;
        else
            m_state->widget_visible = to_flag(value);
        return true;
    }

    /// `RECORD_AUDIO (allow / switch COARSE_LOCATION=foreground):`, `LEGACY_STORAGE: mode=allow`, or the form
    /// of Android 8 `WAKE_LOCK: mode=0; time=+1h2m ago; duration=+2s`.
    static std::optional<Named> read_operation(std::string_view text)
    {
        auto const end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        if (end == 0 || end == text.npos || (text.front() >= '0' && text.front() <= '9'))
            return std::nullopt;
        auto const name = text.substr(0, end);
        auto rest = text.substr(end);
        if (eat(rest, " (")) {
            rest = rest.substr(0, rest.find(')'));
            return Named { name, trim(rest.substr(0, rest.find(" / "))) };
        }
        if (!eat(rest, ": mode="))
            return std::nullopt;
        auto const mode = take_until(rest, ';');
        return Named { name, mode, rest };
    }

    static std::string_view name_of_mode(std::string_view mode)
    {
        auto const number = to_integer(mode);
        return number && *number >= 0 && static_cast<std::size_t>(*number) < kModes.size()
            ? kModes.at(static_cast<std::size_t>(*number))
            : mode;
    }

    Result<void> begin_operation(Named named, std::uint64_t offset)
    {
        EXHIBIT_TRY(add_held());
        Operation row;
        row.uid = m_uid;
        if (!m_package.empty())
            row.package = m_package;
        row.operation = m_operation = named.name;
        row.mode = m_mode = name_of_mode(named.mode);
        m_access = {};
        m_tag.clear();
        return m_context.add(kOperations, row, Origin { offset });
    }

    Result<void> add_accesses(std::string_view text, std::uint64_t offset)
    {
        if (text.ends_with("=[")) {
            m_tag = text.substr(0, text.size() - 2);
            return {};
        }
        if (text == "]" || m_operation.empty())
            return {};
        if (eat(text, "duration=")) { // Android 9: that of the last use.
            set_duration(to_duration(text));
            return {};
        }
        if (text == "running") {
            auto const* const last = last_access();
            auto const age = last == nullptr ? std::nullopt : last->row.age_ms;
            return hold(
                running_since(age.transform([](auto count) { return std::chrono::milliseconds { count }; })),
                offset);
        }
        for (auto const& access : m_access.read(text))
            EXHIBIT_TRY(hold(access, offset));
        return {};
    }

    /// Where the text of a time is not there or not understood, it follows from how long ago it was.
    Time time_of(Access const& access, std::uint64_t offset)
    {
        auto time = access.time.empty() ? Time {} : local_time(access.time, m_clock);
        if (!access.time.empty() && !from_text(access.time))
            m_context.note(Level::warning, Fault::unsupported,
                "a time in a form that is not known: it is kept as it stands", Origin { offset });
        else if (!access.time.empty())
            return of_repeated_hour(std::move(time), access);
        if (!access.age || !m_clock.taken)
            return time;
        auto told = time_after(
            *m_clock.taken, std::chrono::floor<std::chrono::seconds>(*access.age), m_clock.zone, kSeconds);
        if (!time.absent())
            told.raw = std::move(time.raw);
        return told;
    }

    /// Of an hour that the clock showed twice the age tells which it was.
    Time of_repeated_hour(Time time, Access const& access) const
    {
        auto const* zone = m_clock.zone;
        if (!time.utc || zone == nullptr || !access.age || !m_clock.taken)
            return time;
        auto const told = zone->to_utc(*m_clock.taken) + *access.age;
        if (auto const again = zone->again(*time.utc);
            again && std::chrono::abs(*again - told) < std::chrono::abs(*time.utc - told))
            time.utc = again;
        return time;
    }

    Result<void> hold(Access const& access, std::uint64_t offset)
    {
        constexpr std::size_t most_held = 256; // An operation has two for each of seven states.
        if (m_held.size() >= most_held)
            EXHIBIT_TRY(add_held());
        AccessRow row;
        row.access = access.kind;
        row.state = unless_null(access.state);
        if (access.kind == "running" && !row.state)
            row.state = m_uid_state; // It goes on at the dump.
        row.path_flag = unless_null(access.flag);
        row.accessed = time_of(access, offset);
        row.age_ms = access.age.transform([](auto age) { return age.count(); });
        row.duration_ms = access.duration.transform([](auto length) { return length.count(); });
        row.tag = unless_null(m_tag);
        row.proxy_package = unless_null(access.proxy_package);
        row.proxy_uid = access.proxy_uid;
        m_held.push_back({ std::move(row), offset });
        return {};
    }

    Held* last_access()
    {
        Held* last = nullptr;
        for (auto& held : m_held)
            if (held.row.access == "access" && (last == nullptr || held.row.age_ms > last->row.age_ms))
                last = &held;
        return last;
    }

    void set_duration(std::optional<std::chrono::milliseconds> duration)
    {
        auto* const last = last_access();
        if (last != nullptr && duration)
            last->row.duration_ms = duration->count();
    }

    Result<void> add_held()
    {
        for (auto& [row, offset] : std::exchange(m_held, {})) {
            row.uid = m_uid;
            row.package = m_package;
            row.operation = m_operation;
            row.mode = m_mode;
            EXHIBIT_TRY(m_context.add(kAccesses, row, Origin { offset }));
        }
        return {};
    }

    static constexpr std::size_t kSeconds = std::string_view { "0000-00-00 00:00:00" }.size();

    Context& m_context;
    DeviceClock m_clock;
    AccessReader m_access;
    std::optional<std::int64_t> m_uid;
    std::optional<UserState> m_state;
    std::optional<std::string> m_uid_state;
    Origin m_state_origin;
    std::vector<Held> m_held; ///< accesses of the operation: what comes below may tell more of them
    std::string m_package;
    std::string m_operation;
    std::string m_mode;
    std::string m_tag;
    bool m_in_uids = false;
};

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.ends_with(".xml"))
        return parse_file(input, context);
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 3> kPaths { "@dumpsys/appops", "/data/system/appops.xml",
    "/data/system/appops_accesses.xml" };
constexpr std::array<Table const*, 3> kTables { &kOperations, &kUserStates, &kAccesses };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.app_ops",
    .title = "Use of microphone, camera, location and other powers",
    .doc
    = "What each app is allowed to do, and when it last did it, in sight or in the background. Only the last "
      "time of each kind is kept, for up to about a year; times are the device's wall clock in a dump, UTC "
      "in the "
      "files of a file system.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::app_ops
