#pragma once

#include <string_view>

namespace exhibit::indicators {

/// The text of one rule of a YARA file, from its first word to its last bracket; empty when the file has no
/// such rule. Comments, strings and regular expressions in it are passed over, so that a bracket in them ends
/// nothing. Of a rule that ends with the file, all there is.
std::string_view yara_rule_text(std::string_view source, std::string_view rule);

} // namespace exhibit::indicators
