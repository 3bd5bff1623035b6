#include "artifacts/android/battery_history/tables.hpp"
#include "artifacts/android/common/elapsed.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

#include <algorithm>

namespace exhibit::android::battery_history {
namespace {

/// Parts of the device whose use tells something; other states are about charging and radio.
constexpr std::array<std::string_view, 8> kNamedStates { "audio", "camera", "flashlight", "gps",
    "phone_in_call", "screen", "usb_data", "video" };

bool is_state(std::string_view name)
{
    return std::ranges::find(kNamedStates, name) != kNamedStates.end();
}

class History {
public:
    History(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (!m_open) {
            m_open = text.starts_with("Battery History");
            return {};
        }
        if (text.empty()) {
            m_open = false;
            return {};
        }
        auto const paren = text.find(" (");
        if (paren == text.npos)
            return {};
        m_elapsed = beginning_of(trim(text.substr(0, paren)));
        text = text.substr(paren + 2);
        (void)take_until(text, ')');
        if (auto const stamp = text.find("TIME: "); stamp != text.npos) {
            set_anchor(trim(text.substr(stamp + 6)));
            return {};
        }
        m_happened = moment();
        return add_items(text, line.offset);
    }

private:
    void set_anchor(std::string_view stamp)
    {
        m_anchor_at = to_duration(m_elapsed);
        // The stamp is local time; the raw text of what follows is made from it.
        auto const wall = local_time(stamp, DeviceClock {});
        auto text = std::get_if<std::string>(&wall.raw) ? std::string { stamp } : std::string {};
        if (text.size() >= 19) {
            text = text.substr(0, 19);
            text[10] = ' ';
            text[13] = text[16] = ':';
        }
        m_anchor = from_text(text);
    }

    [[nodiscard]] Time moment() const
    {
        if (m_elapsed.size() > 14 && m_elapsed[2] == '-') // `07-15 20:27:39.431`
            return log_time(m_elapsed, m_clock);
        auto const elapsed = to_duration(m_elapsed);
        if (!elapsed || !m_anchor || !m_anchor_at)
            return {};
        return time_after(*m_anchor, *elapsed - *m_anchor_at, m_clock.zone, 23);
    }

    /// Items are separated by spaces, but the words in quotes may hold spaces too.
    Result<void> add_items(std::string_view text, std::uint64_t offset)
    {
        while (!(text = trim(text)).empty()) {
            auto end = text.find(' ');
            auto const quote = text.substr(0, end).find('"');
            if (quote != text.npos) {
                auto const close = text.find('"', quote + 1);
                end = close == text.npos ? text.npos : close + 1;
            }
            EXHIBIT_TRY(add_item(text.substr(0, end), offset));
            text.remove_prefix(std::min(end, text.size()));
        }
        return {};
    }

    Result<void> add_item(std::string_view item, std::uint64_t offset)
    {
        BatteryEvent event;
        event.change = item.starts_with('+') ? "start" : item.starts_with('-') ? "end" : "once";
        if (event.change != "once")
            item.remove_prefix(1);
        event.event = take_until(item, '=');
        event.elapsed = m_elapsed;
        event.happened = m_happened;
        auto number = take_until(item, ':');
        bool const has_words = item.starts_with('"');
        if (!has_words && (!is_state(event.event) || event.change == "once"))
            return {};
        if (has_words) {
            item.remove_prefix(1);
            item.remove_suffix(item.ends_with('"') ? 1 : 0);
            (has_version(event.event) ? event.version_code : event.uid) = to_uid(number);
            set_subject(event, item);
        }
        return m_context.add(kHistory, event, Origin { offset });
    }

    Context& m_context;
    DeviceClock m_clock;
    bool m_open = false;
    std::string_view m_elapsed;
    Time m_happened;
    std::optional<Timestamp> m_anchor; ///< wall clock as if it were UTC
    std::optional<std::chrono::milliseconds> m_anchor_at;
};

} // namespace

bool has_version(std::string_view event)
{
    return event == "pkginst" || event == "pkgunin";
}

void set_subject(BatteryEvent& event, std::string_view text)
{
    // `*walarm*:com.example/.Receiver`, `*job*/com.example/.Job`, `com.example/.Job`, `com.example`
    auto subject = text;
    for (std::string_view const mark : { "*walarm*:", "*alarm*:", "*job*/" })
        (void)eat(subject, mark);
    auto component = to_component(subject);
    if (component && is_package_name(component->package)) {
        event.package = component->package;
        event.component = std::move(component->class_name);
    } else if (auto const package = package_of_process(subject); !package.empty()) {
        event.package = package;
    }
    if (!event.package || subject != text)
        event.detail = text;
}

Result<void> parse_history(Input const& input, Context& context)
{
    return read_section(input, context, History { context, clock_of_section(input) });
}

} // namespace exhibit::android::battery_history
