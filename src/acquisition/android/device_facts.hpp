#pragma once

#include "acquisition/acquisition.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::android {

/// Bytes of a file of properties that are read.
constexpr std::size_t kMostProperties = std::size_t { 4 } << 20U;

/// Adds what the device's properties tell, unless it is known already. `text` has lines `[name]: [value]`, as
/// getprop prints them.
void add_property_facts(std::string_view text, std::vector<Fact>& facts);

/// The same from the first lines of a dump of dumpstate: build, version, when it was made.
void add_banner_facts(std::string_view head, std::vector<Fact>& facts);
/// The time zone from what `time_zone_detector` and `alarm` dump, where no property told it. True when it is
/// only how far from UTC the phone was at the acquisition, which names no zone.
bool add_zone_facts(std::string_view detector, std::string_view alarm, std::vector<Fact>& facts);

/// Adds a fact unless there is one of that name, or the value is empty.
void add_fact(std::vector<Fact>& facts, std::string_view name, std::string_view value);

/// The value of a fact, or nothing.
std::string_view fact_value(std::vector<Fact> const& facts, std::string_view name);

/// `Android bug report of Pixel 8, Android 14, in a zip archive`.
std::string describe(std::string_view what, std::vector<Fact> const& facts, std::string_view form);

} // namespace exhibit::android
