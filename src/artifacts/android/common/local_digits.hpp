#pragma once

#include <string>
#include <string_view>

namespace exhibit::android {

/// Where a text holds dates or times in the digits of another script, as services write them on phones set to
/// Arabic, Persian, Bengali and other languages: fills `into` with the text that has 0 to 9 there, and
/// returns true. What is no date and no time stays as it is.
bool read_local_digits(std::string_view text, std::string& into);

} // namespace exhibit::android
