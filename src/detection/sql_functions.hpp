#pragma once

#include "casefile/database.hpp"
#include "detection/rule.hpp"

namespace exhibit::detection {

/// Adds to a connection what rules need and SQL lacks; docs/rules.md lists them. The lists must outlive
/// the connection's statements.
Result<void> add_rule_functions(
    casefile::Database& database, std::map<std::string, ValueList, std::less<>> const& lists);

/// The first link of a shortener in a text, which does not tell where it leads; empty when there is none.
std::string short_link_in(std::string_view text);

/// Edits (insertion, deletion, replacement, swap of neighbours) that make one text of the other, in bytes;
/// counting ends at `limit + 1`. Texts above 64 bytes are never near.
unsigned edit_distance(std::string_view left, std::string_view right, unsigned limit);

/// The same for two spellings of one telephone number or mail address: the last digits of a number, whatever
/// stands between them; anything else in small letters. Empty when there is nothing to compare.
std::string account_key(std::string_view text);

} // namespace exhibit::detection
