#pragma once

#include <string>
#include <string_view>

namespace exhibit {

/// What a phone's clock showed, of a text in one of the forms in which phones write it: `2024-05-01
/// 10:11:12.345`, also with `T` or nothing but `-` between, or the date alone; `Wed May  1 10:11:12 2024`;
/// `05/01/24 10:11:12.345`; and without a year `05-01 10:11:12.345`. The first or last of them, as far as the
/// text tells it; what follows, such as a zone, is left out. Empty for any other text. The view
/// `local_timeline` of a case file knows the same forms.
std::string local_moment(std::string_view text);

/// Whether there is one.
bool is_local_moment(std::string_view text);

} // namespace exhibit
