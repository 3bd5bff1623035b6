#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

/// The strings of compiled code, as the Android Open Source Project documents its "Dalvik Executable format".
namespace exhibit::apk {

/// Whether the bytes begin as a DEX file does, whichever version.
bool has_dex_magic(Bytes head);

/// A text as it stands in the file: UTF-8 in Java's own form, without its end, and where it begins.
using DexStringVisitor = std::function<void(std::string_view text, std::size_t offset)>;

/// Shows every string of the table, in its order. Returns how many there were. Together they are never longer
/// than the file: `malformed` when they overlap, or when one lies outside of the file. Those before damage
/// were shown.
Result<std::uint64_t> visit_dex_strings(Bytes dex, DexStringVisitor const& visitor);

} // namespace exhibit::apk
