#include "acquisition/android/device_facts.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace exhibit::android {

namespace {

constexpr std::size_t kLongestValue = 1024;

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

std::string_view trim(std::string_view text)
{
    constexpr std::string_view space = " \t\r'";
    auto const begin = text.find_first_not_of(space);
    return begin == text.npos ? std::string_view {}
                              : text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

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
    value = trim(value);
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
        auto const line = trim(next_line(text));
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
        auto const value = trim(line.substr(colon + 1));
        if (name == "Build fingerprint")
            add_fingerprint_facts(value, facts);
        else if (name == "Build")
            add_fact(facts, "device.build_version", value);
        else if (name == "Android SDK version")
            add_fact(facts, "device.api_level", value);
    }
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
