#include "artifacts/android/location/lines.hpp"

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>

// Source of the forms: LocationEventLog, LocationProviderManager, CallerIdentity (Android 12 on),
// LocationRequestStatistics and LocationManagerService (before), and dumps that were published.
namespace exhibit::android::location {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kMostMinutes = 1'000'000'000;
constexpr std::string_view kProviderWord = " provider ";
constexpr std::array<std::string_view, 5> kKnownProviders { "gps", "network", "passive", "fused",
    "gps_hardware" };
constexpr std::int64_t kNoInterval = 9'000'000'000'000'000; // `passive`, as its largest number of seconds.

/// `0s`, `21600s`; `passive` and its number are none.
std::optional<std::int64_t> interval(std::string_view text)
{
    auto const seconds = leading_integer(text);
    return seconds && *seconds < kNoInterval ? seconds : std::nullopt;
}

std::optional<std::int64_t> milliseconds(std::string_view text)
{
    return to_duration(text).transform([](auto length) { return std::int64_t { length.count() }; });
}

std::optional<std::int64_t> minutes(std::string_view text)
{
    auto const count = leading_integer(text);
    return count && *count >= 0 && *count < kMostMinutes ? std::optional { *count * kMinute } : std::nullopt;
}

/// `Request[...]` with what its brackets hold.
std::optional<std::string_view> request_in(std::string_view text)
{
    auto const at = text.find("Request[");
    if (at == text.npos)
        return std::nullopt;
    auto const end = text.find(']', at);
    return text.substr(at, end == text.npos ? text.npos : end - at + 1);
}

std::optional<std::string_view> unless_empty(std::string_view text)
{
    return text.empty() ? std::nullopt : std::optional { text };
}

bool is_provider(std::string_view word)
{
    return std::ranges::find(kKnownProviders, word) != kKnownProviders.end();
}

void set_caller(auto& row, Caller const& caller)
{
    row.package = caller.package;
    row.uid = caller.uid;
    row.part = caller.part;
}

std::optional<Client> read_record(std::string_view text)
{
    Client client;
    client.provider = take_word(text);
    auto const number = take_word(text);
    if (auto const slash = number.find('/'); slash != number.npos) { // The number is that of the process.
        auto rest = number.substr(slash + 1);
        client.package = take_until(rest, '[');
        client.part = unless_empty(take_until(rest, ']'));
        client.in_background = text.starts_with("(background)");
    } else {
        auto rest = number;
        client.package = take_until(rest, '(');
        client.uid = to_integer(rest);
        client.in_background = text.starts_with("background)");
    }
    client.request = request_in(text);
    return client.package.empty() ? std::nullopt : std::optional { client };
}

/// What a line of the log says behind the name of its provider.
void read_action(Entry& entry, std::string_view text)
{
    entry.action = "state";
    entry.detail = text;
    auto rest = text;
    if (eat(rest, "added mock ") || eat(rest, "removed mock ")) {
        entry.action = text.starts_with("added") ? "mock_on" : "mock_off";
        return;
    }
    std::string_view action;
    if (eat(rest, "+registration "))
        action = "ask";
    else if (eat(rest, "-registration "))
        action = "stop";
    else if (eat(rest, "client "))
        action = "client";
    else if (auto const to = rest.find("] to "); eat(rest, "delivered location[") && to != rest.npos)
        action = "deliver";
    else
        return;
    if (action == "deliver") {
        entry.detail = text.substr(0, text.find(" to "));
        rest.remove_prefix(rest.find("] to ") + 5);
    }
    auto const caller = take_caller(rest);
    if (!caller)
        return;
    entry.action = action;
    set_caller(entry, *caller);
    rest = trim(rest);
    if (eat(rest, "-> "))
        entry.detail = rest;
    else if (action != "deliver")
        entry.detail = unless_empty(rest);
}

} // namespace

std::optional<Caller> take_caller(std::string_view& text)
{
    auto rest = text;
    Caller caller;
    if (auto const digits = rest.find_first_not_of("0123456789");
        digits != 0 && digits != rest.npos && rest[digits] == '/') {
        caller.uid = to_integer(rest.substr(0, digits));
        rest.remove_prefix(digits + 1);
    }
    caller.package = rest.substr(0, rest.find_first_of("[/: "));
    rest.remove_prefix(caller.package.size());
    if (caller.package.empty())
        return std::nullopt;
    if (rest.starts_with('[')) {
        auto const end = rest.find(']');
        if (end == rest.npos)
            return std::nullopt;
        caller.part = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
    }
    if (rest.starts_with('/'))
        rest.remove_prefix(std::min(rest.find_first_of(": "), rest.size()));
    text = rest;
    return caller;
}

std::optional<Client> read_client(std::string_view text, std::string_view provider)
{
    if (eat(text, "UpdateRecord["))
        return read_record(text);
    auto const caller = is_digit(text.empty() ? ' ' : text.front()) ? take_caller(text) : std::nullopt;
    if (!caller || !caller->uid)
        return std::nullopt;
    Client client;
    client.provider = provider;
    set_caller(client, *caller);
    client.request = request_in(text);
    auto const before = text.substr(0, text.find("Request["));
    auto const flags = between(before, "{", "}").value_or("");
    client.in_background = flags.contains("bg");
    client.permitted = !flags.contains("na");
    client.coarse = before.contains("(COARSE)");
    client.active = !text.ends_with(" (inactive)");
    return client;
}

std::optional<Total> read_total(std::string_view text, std::string_view provider)
{
    auto const caller = take_caller(text);
    if (!caller || !eat(text, ": min/max interval = "))
        return std::nullopt;
    Total total;
    total.provider = provider;
    set_caller(total, *caller);
    auto intervals = take_until(text, ',');
    total.shortest_interval_s = interval(take_until(intervals, '/'));
    total.longest_interval_s = interval(intervals);
    auto lengths = take_until(text, ',');
    if (eat(lengths, " total/active/foreground duration = ")) {
        total.requested_ms = milliseconds(take_until(lengths, '/'));
        total.active_ms = milliseconds(take_until(lengths, '/'));
        total.foreground_ms = milliseconds(lengths);
    }
    if (eat(text, " locations = "))
        total.locations = to_integer(text);
    return total;
}

std::optional<Total> read_old_total(std::string_view text)
{
    auto const at = std::min(text.find(": Interval "), text.find(": Min interval "));
    if (at == text.npos)
        return std::nullopt;
    auto names = text.substr(0, at);
    Total total;
    total.provider = take_until(names, ':');
    names = trim(names);
    total.package = take_until(names, ':');
    if (!is_provider(total.provider))
        std::swap(total.provider, total.package);
    total.part = unless_empty(trim(names));
    auto rest = text.substr(at + 2);
    total.shortest_interval_s = interval(rest.substr(std::min(rest.find("nterval ") + 8, rest.size())));
    total.longest_interval_s = total.shortest_interval_s;
    if (auto const longest = between(rest, "Max interval ", " seconds"))
        total.longest_interval_s = interval(*longest);
    if (auto const requested = between(rest, "Duration requested ", " minutes")) {
        total.requested_ms = minutes(*requested);
        total.foreground_ms = minutes(between(*requested, "total, ", " foreground").value_or(""));
    }
    total.open = rest.ends_with("Currently active");
    total.since_last_ms = minutes(between(rest, "Last active ", " minutes").value_or(""));
    return total;
}

std::optional<Entry> read_entry(std::string_view text, DeviceClock const& clock)
{
    auto const colon = text.find(": ");
    if (colon == text.npos || colon < 14 || text[2] != '-')
        return std::nullopt;
    Entry entry;
    entry.happened = log_time(text.substr(0, colon), clock);
    text.remove_prefix(colon + 2);
    auto const name = text.substr(0, text.find(' '));
    if (text.substr(name.size()).starts_with(kProviderWord)) {
        entry.provider = name;
        text.remove_prefix(name.size() + kProviderWord.size());
    }
    read_action(entry, text);
    return entry;
}

std::optional<Entry> read_old_entry(std::string_view text, DeviceClock const& clock)
{
    if (!eat(text, "At "))
        return std::nullopt;
    auto const colon = text.find(": ");
    if (colon == text.npos)
        return std::nullopt;
    Entry entry;
    entry.happened = log_time(text.substr(0, colon), clock);
    text.remove_prefix(colon + 2);
    auto const sign = take_word(text);
    entry.action = sign == "+" ? "ask" : "stop";
    entry.provider = take_word(text);
    if ((sign != "+" && sign != "-") || !eat(text, "request from "))
        return std::nullopt;
    entry.package = take_word(text);
    if (eat(text, "with feature "))
        entry.part = text.substr(0, text.find(" at interval "));
    if (auto const at = text.find("at interval "); at != text.npos)
        entry.detail = text.substr(at);
    return entry;
}

} // namespace exhibit::android::location
