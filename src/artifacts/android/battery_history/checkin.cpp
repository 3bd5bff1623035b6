#include "artifacts/android/battery_history/tables.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

#include <vector>

namespace exhibit::android::battery_history {
namespace {

constexpr std::size_t kMostStrings = 200'000; // The system keeps at most a few thousand.

struct Code {
    std::string_view code;
    std::string_view event;
};

// HISTORY_EVENT_CHECKIN_NAMES and HISTORY_EVENT_NAMES of BatteryStats.
constexpr std::array kCodes { Code { "Epr", "proc" }, Code { "Efg", "fg" }, Code { "Etp", "top" },
    Code { "Esy", "sync" }, Code { "Ewl", "wake_lock_in" }, Code { "Ejb", "job" }, Code { "Eur", "user" },
    Code { "Euf", "userfg" }, Code { "Ecn", "conn" }, Code { "Eac", "active" }, Code { "Epi", "pkginst" },
    Code { "Epu", "pkgunin" }, Code { "Eal", "alarm" }, Code { "Est", "stats" },
    Code { "Eai", "pkginactive" }, Code { "Eaa", "pkgactive" }, Code { "Etw", "tmpwhitelist" },
    Code { "Esw", "screenwake" }, Code { "Ewa", "wakeupap" }, Code { "Elw", "longwake" },
    Code { "Eec", "est_capacity" } };

constexpr std::array kStates { Code { "a", "audio" }, Code { "ca", "camera" }, Code { "g", "gps" },
    Code { "Pcl", "phone_in_call" }, Code { "S", "screen" }, Code { "fl", "flashlight" },
    Code { "v", "video" } };

std::string_view find(std::span<Code const> codes, std::string_view code)
{
    for (auto const& one : codes)
        if (one.code == code)
            return one.event;
    return {};
}

class Checkin {
public:
    explicit Checkin(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = line.text;
        if (!eat(text, "9,"))
            return {};
        if (eat(text, "hsp,"))
            add_string(text);
        else if (eat(text, "h,"))
            return add_items(text, line.offset);
        return {};
    }

private:
    struct Pooled {
        std::optional<std::int64_t> number;
        std::string text;
    };

    /// `<index>,<uid>,"<text>"`
    void add_string(std::string_view text)
    {
        auto const index = to_integer(take_until(text, ','));
        if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= kMostStrings)
            return;
        if (m_pool.size() <= static_cast<std::size_t>(*index))
            m_pool.resize(static_cast<std::size_t>(*index) + 1);
        auto& pooled = m_pool[static_cast<std::size_t>(*index)];
        pooled.number = to_integer(take_until(text, ','));
        text = trim(text);
        (void)eat(text, "\"");
        text.remove_suffix(text.ends_with('"') ? 1 : 0);
        pooled.text = beginning_of(text);
    }

    /// `<delta>,<item>,<item>`, or `<delta>:RESET:TIME:<epoch ms>`
    Result<void> add_items(std::string_view text, std::uint64_t offset)
    {
        auto const first = take_until(text, ',');
        auto const delta = leading_integer(first);
        if (!delta)
            return {};
        if (auto const stamp = first.find("TIME:"); stamp != first.npos)
            m_now = to_integer(first.substr(stamp + 5));
        else if (m_now && *delta >= 0 && *delta < kLongestDelta)
            *m_now += *delta;
        if (m_now && (*m_now < 0 || *m_now > kLatest))
            m_now.reset();
        while (!text.empty())
            EXHIBIT_TRY(add_item(take_until(text, ','), first, offset));
        return {};
    }

    Result<void> add_item(std::string_view item, std::string_view elapsed, std::uint64_t offset)
    {
        BatteryEvent event;
        event.change = item.starts_with('+') ? "start" : item.starts_with('-') ? "end" : "once";
        if (event.change != "once")
            item.remove_prefix(1);
        auto const code = take_until(item, '=');
        event.event = find(kCodes, code);
        bool const is_state = event.event.empty();
        if (is_state)
            event.event = event.change == "once" ? std::string_view {} : find(kStates, code);
        if (event.event.empty())
            return {};
        event.elapsed = beginning_of(elapsed);
        if (m_now)
            event.happened = Time::unix_millis(*m_now);
        auto const index = to_integer(item);
        if (!is_state && index && *index >= 0 && static_cast<std::uint64_t>(*index) < m_pool.size()) {
            auto const& pooled = m_pool[static_cast<std::size_t>(*index)];
            (has_version(event.event) ? event.version_code : event.uid) = pooled.number;
            set_subject(event, pooled.text);
        }
        return m_context.add(kCheckin, event, Origin { offset });
    }

    static constexpr std::int64_t kLongestDelta = 100'000'000'000; // Three years, in milliseconds.
    static constexpr std::int64_t kLatest = 4'102'444'800'000; // 2100

    Context& m_context;
    std::vector<Pooled> m_pool;
    std::optional<std::int64_t> m_now;
};

} // namespace

Result<void> parse_checkin(Input const& input, Context& context)
{
    return read_section(input, context, Checkin { context });
}

} // namespace exhibit::android::battery_history
