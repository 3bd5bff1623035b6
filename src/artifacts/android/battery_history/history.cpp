#include "artifacts/android/battery_history/tables.hpp"
#include "artifacts/android/common/elapsed.hpp"
#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace exhibit::android::battery_history {
namespace {

/// Parts of the device whose use tells something; other states are about charging and radio.
constexpr std::size_t kLongestWords = 4096; // Android keeps 1,024 characters of a tag.

constexpr std::array<std::string_view, 8> kNamedStates { "audio", "camera", "flashlight", "gps",
    "phone_in_call", "screen", "usb_data", "video" };

bool is_state(std::string_view name)
{
    return std::ranges::find(kNamedStates, name) != kNamedStates.end();
}

/// Whether what stands behind a quote is the next item: ` +top=`, ` -screen`, ` pkginst=`.
bool begins_item(std::string_view text)
{
    if (!eat(text, " "))
        return false;
    bool const has_sign = eat(text, "+") || eat(text, "-");
    auto const rest = text.substr(std::min(text.find_first_of(" =\""), text.size()));
    return rest.size() != text.size()
        && (rest.starts_with('=') || (has_sign && (rest.empty() || rest.starts_with(' '))));
}

/// Where the quote is that ends words from `begin` on: at the end of the line or before the next item. The
/// words are an app's, printed as they are, and may hold quotes.
std::size_t end_of_words(std::string_view text, std::size_t begin)
{
    auto at = text.find('"', begin);
    while (at != text.npos && at + 1 != text.size() && !begins_item(text.substr(at + 1)))
        at = text.find('"', at + 1);
    return at;
}

/// Takes `+1h26m18s315ms (2) ` or `07-15 20:27:39.431 (2) `, the time; nothing where a line begins otherwise.
std::optional<std::string_view> take_time(std::string_view& text)
{
    auto const paren = text.find(" (");
    auto const close = text.find(')', std::min(paren, text.size()));
    if (close == text.npos || !to_integer(text.substr(paren + 2, close - paren - 2)))
        return std::nullopt;
    auto const time = trim(text.substr(0, paren));
    bool const is_date = time.size() > 14 && time[2] == '-' && is_digit(time[0]);
    if (!is_date && !to_duration(time))
        return std::nullopt;
    text = trim(text.substr(close + 1));
    return time;
}

/// No line ends the list, since an app's words may hold any line: what follows it has other forms.
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
        auto const time = take_time(text);
        if (!time)
            return m_unfinished.empty() ? Result<void> {} : continue_words(line.text);
        EXHIBIT_TRY(finish());
        m_elapsed = beginning_of(*time);
        (void)eat(text, "RESET:");
        if (eat(text, "TIME: ")) {
            set_anchor(trim(text));
            return {};
        }
        m_happened = moment();
        m_origin = Origin { line.offset };
        return add_items(text);
    }

    Result<void> finish()
    {
        if (m_unfinished.empty())
            return {};
        m_context.note(Level::warning, Fault::malformed, "the words of an event do not end", m_origin);
        return add_item(std::exchange(m_unfinished, {}));
    }

private:
    /// An app's words may go on over several lines, and further items stand behind them.
    Result<void> continue_words(std::string_view line)
    {
        if (m_unfinished.size() + line.size() > kLongestWords)
            return finish();
        auto const text = fmt::format("{}\n{}", std::exchange(m_unfinished, {}), line);
        return add_items(text);
    }

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
    Result<void> add_items(std::string_view text)
    {
        while (!(text = trim(text)).empty()) {
            auto end = text.find(' ');
            auto const quote = text.substr(0, end).find('"');
            if (quote != text.npos) {
                auto const close = end_of_words(text, quote + 1);
                if (close == text.npos) {
                    m_unfinished = text;
                    return {};
                }
                end = close + 1;
            }
            EXHIBIT_TRY(add_item(text.substr(0, end)));
            text.remove_prefix(std::min(end, text.size()));
        }
        return {};
    }

    Result<void> add_item(std::string_view item)
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
        return m_context.add(kHistory, event, m_origin);
    }

    Context& m_context;
    DeviceClock m_clock;
    bool m_open = false;
    std::string m_elapsed;
    std::string m_unfinished; ///< items of the last line, from one on whose words have not ended
    Origin m_origin;
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
    // `*walarm*:com.example/.Receiver`, `*job*/com.example/.Job`, with a letter before the slash since
    // Android 15, `com.example/.Job`, `com.example`
    auto subject = text;
    for (std::string_view const mark : { "*walarm*:", "*alarm*:", "*job*/", "*job*r/", "*job*e/", "*job*u/" })
        (void)eat(subject, mark);
    subject = component_of_job(subject);
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
