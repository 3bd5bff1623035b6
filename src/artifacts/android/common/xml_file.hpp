#pragma once

#include "artifact/artifact.hpp"
#include "formats/xml/element_reader.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace exhibit::android {

/// Shows each element of a file of a system service, text or Android binary XML, in the order in which they
/// start. What stood before damage was shown; the damage is noted.
Result<void> for_each_element(Input const& input, Context& context,
    std::function<Result<void>(XmlElement const&, Origin)> const& visit);

/// An attribute as text, a decimal number, `true` or `false`; nothing when it is not there or is none.
std::optional<std::string> text_of(XmlElement const& element, std::string_view name);
std::optional<std::int64_t> integer_of(XmlElement const& element, std::string_view name);
std::optional<bool> flag_of(XmlElement const& element, std::string_view name);

/// The value of `nameBase64` decoded, or of `name`: text that XML cannot hold is written as UTF-16,
/// big-endian, in base64; as it stands where it cannot be decoded. Source: SettingsState of the Android Open
/// Source Project.
std::optional<std::string> encoded_text_of(XmlElement const& element, std::string_view name);

/// A time for a column of local text from milliseconds since 1970: a file that counts so needs no zone. What
/// is stored is kept as text.
Time millis_text(std::string_view stored, std::int64_t millis);
/// The same from an attribute, decimal or hexadecimal; 0 is never.
Time time_of(XmlElement const& element, std::string_view name);
Time hex_time_of(XmlElement const& element, std::string_view name);

/// The number of the Android user whose files lie below `/data/system/users/10/`, `/data/system_ce/10/`, and
/// so on: the first component that is a number. User 0 in files for all.
std::int64_t user_of_path(std::string_view path);

} // namespace exhibit::android
