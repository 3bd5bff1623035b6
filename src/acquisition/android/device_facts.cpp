#include "acquisition/android/device_facts.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace exhibit::android {

namespace {

constexpr std::size_t kLongestValue = 1024;
constexpr std::int64_t kLatestMillis = 4'102'444'800'000; // the year 2100

struct Named {
    std::string_view fact;
    std::string_view property;
};
constexpr std::array kProperties {
    Named { "device.product_type", "ro.product.model" },
    Named { "device.product_type", "ro.product.vendor.model" },
    Named { "device.product_type", "ro.product.product.model" },
    Named { "device.product_type", "ro.product.system.model" },
    Named { "device.manufacturer", "ro.product.manufacturer" },
    Named { "device.manufacturer", "ro.product.vendor.manufacturer" },
    Named { "device.manufacturer", "ro.product.system.manufacturer" },
    Named { "device.product_version", "ro.build.version.release" },
    Named { "device.build_version", "ro.build.display.id" },
    Named { "device.build_version", "ro.build.id" },
    Named { "device.build_fingerprint", "ro.build.fingerprint" },
    Named { "device.api_level", "ro.build.version.sdk" },
    Named { "device.security_patch", "ro.build.version.security_patch" },
    Named { "device.serial_number", "ro.serialno" },
    Named { "device.time_zone", "persist.sys.timezone" },
};

/// Blanks, and quotes around values.
constexpr std::string_view kAroundValue = " \t\r'";

std::string_view next_line(std::string_view& text)
{
    auto const line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

/// `brand/product/device:14/BUILD/incremental:user/release-keys`: the parts that stand in a fixed order.
void add_fingerprint_facts(std::string_view fingerprint, std::vector<Fact>& facts)
{
    add_fact(facts, "device.build_fingerprint", fingerprint);
    auto const colon = fingerprint.find(':');
    auto const product = fingerprint.substr(0, colon);
    if (colon == fingerprint.npos || !product.contains('/'))
        return;
    add_fact(facts, "device.product_type", product.substr(product.rfind('/') + 1));
    auto rest = fingerprint.substr(colon + 1);
    auto const slash = std::min(rest.find('/'), rest.size());
    add_fact(facts, "device.product_version", rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    add_fact(facts, "device.build_version", rest.substr(0, rest.find('/')));
}

} // namespace

void add_fact(std::vector<Fact>& facts, std::string_view name, std::string_view value)
{
    value = trimmed(value, kAroundValue);
    if (!value.empty() && value.size() <= kLongestValue && fact_value(facts, name).empty())
        facts.push_back({ std::string { name }, repair_utf8(value) });
}

std::string_view fact_value(std::vector<Fact> const& facts, std::string_view name)
{
    auto const found = std::ranges::find(facts, name, &Fact::name);
    return found == facts.end() ? std::string_view {} : std::string_view { found->value };
}

void add_property_facts(std::string_view text, std::vector<Fact>& facts)
{
    std::array<std::string_view, kProperties.size()> values {};
    while (!text.empty()) {
        auto const line = trimmed(next_line(text), kAroundValue);
        auto const between = line.find("]: [");
        if (!line.starts_with('[') || !line.ends_with(']') || between == line.npos)
            continue;
        auto const name = line.substr(1, between - 1);
        for (std::size_t i = 0; i != kProperties.size(); ++i)
            if (kProperties[i].property == name)
                values[i] = line.substr(between + 4, line.size() - between - 5);
    }
    for (std::size_t i = 0; i != kProperties.size(); ++i)
        add_fact(facts, kProperties[i].fact, values[i]);
}

void add_banner_facts(std::string_view head, std::vector<Fact>& facts)
{
    while (!head.empty()) {
        auto const line = next_line(head);
        if (line.starts_with("------ "))
            return;
        auto const colon = line.find(':');
        if (colon == line.npos)
            continue;
        auto const name = line.substr(0, colon);
        auto const value = trimmed(line.substr(colon + 1), kAroundValue);
        if (name == "Build fingerprint")
            add_fingerprint_facts(value, facts);
        else if (name == "Build")
            add_fact(facts, "device.build_version", value);
        else if (name == "Android SDK version")
            add_fact(facts, "device.api_level", value);
    }
}

bool add_zone_facts(std::string_view detector, std::string_view alarm, std::vector<Fact>& facts)
{
    if (!fact_value(facts, "device.time_zone").empty())
        return false;
    constexpr std::string_view named = "getDeviceTimeZone()=";
    if (auto const at = detector.find(named); at != detector.npos) {
        auto const value = detector.substr(at + named.size());
        add_fact(facts, "device.time_zone", value.substr(0, value.find_first_of(" \r\n,}")));
        return false;
    }
    constexpr std::string_view now = "nowRTC=";
    auto const at = alarm.find(now);
    if (at == alarm.npos)
        return false;
    auto const value = alarm.substr(at + now.size());
    auto const millis = leading_number<std::int64_t>(value);
    auto const wall = value.find('=');
    bool const is_moment = millis && *millis > 0 && *millis < kLatestMillis;
    auto const shown = is_moment && wall != value.npos ? from_text(value.substr(wall + 1, 19)) : std::nullopt;
    if (!shown)
        return false;
    // Zones are whole quarters of an hour away from UTC.
    auto const seconds = std::chrono::floor<std::chrono::seconds>(
        *shown - Timestamp { std::chrono::milliseconds { *millis } } + std::chrono::seconds { 1 });
    auto const minutes = std::chrono::floor<std::chrono::minutes>(seconds).count();
    if (minutes % 15 != 0 || minutes < -12L * 60 || minutes > 14L * 60)
        return false;
    auto const distance = minutes < 0 ? -minutes : minutes;
    add_fact(facts, "device.time_zone",
        fmt::format("GMT{}{:02}:{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60));
    return true;
}

std::string describe(std::string_view what, std::vector<Fact> const& facts, std::string_view form)
{
    std::string text { what };
    if (auto const model = fact_value(facts, "device.product_type"); !model.empty())
        text.append(" of ").append(model);
    if (auto const version = fact_value(facts, "device.product_version"); !version.empty())
        text.append(", Android ").append(version);
    return text.append(", in a ").append(form);
}

} // namespace exhibit::android
