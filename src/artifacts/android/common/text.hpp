#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What the artifacts of Android share to take apart the text that its services dump.
namespace exhibit::android {

/// How many spaces a line begins with; a tab counts as one.
std::size_t indent_of(std::string_view line);

/// Without white space at both ends.
std::string_view trim(std::string_view text);

/// Puts `text` behind what `into` holds, `between` before it where there is something. In place: evidence may
/// have millions of parts.
void append_part(std::optional<std::string>& into, char between, std::string_view text);

/// Puts `text` on a line of its own behind what `into` holds, unless it has such a line already or is long.
void append_once(std::optional<std::string>& into, std::string_view text);

/// Removes `prefix` from the front of `text`, if it stands there.
inline bool eat(std::string_view& text, std::string_view prefix)
{
    if (!text.starts_with(prefix))
        return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// Takes what stands before the first `stop`, and the stop itself; all of it when there is none.
std::string_view take_until(std::string_view& text, char stop);

/// Takes the next run of characters other than space and tab, and the white space around it.
std::string_view take_word(std::string_view& text);

/// What stands between the first `open` and the next `close` after it.
std::optional<std::string_view> between(std::string_view text, std::string_view open, std::string_view close);

/// The value of `key=` where the key stands at the start of a word: up to the next space, or up to the
/// bracket that closes the one it begins with. `value_of("uid=10 pkg=a", "pkg")` is `a`.
std::optional<std::string_view> value_of(std::string_view line, std::string_view key);

/// The whole text as a decimal number, with an optional sign.
std::optional<std::int64_t> to_integer(std::string_view text);
/// Likewise hexadecimal, with or without `0x`.
std::optional<std::uint64_t> to_hex_integer(std::string_view text);
/// The number that a text begins with.
std::optional<std::int64_t> leading_integer(std::string_view text);

/// `true` or `1`, `false` or `0`.
std::optional<bool> to_flag(std::string_view text);

/// Empty text and the word `null` mean that there is nothing.
inline std::optional<std::string_view> unless_null(std::string_view text)
{
    return text.empty() || text == "null" ? std::nullopt : std::optional { text };
}

/// A component `package/class`, where a class that begins with a dot stands in its package.
struct Component {
    std::string_view package;
    std::string class_name;
};
std::optional<Component> to_component(std::string_view text);

/// The component in a job's name: `#trace#@namespace@com.a/.Job`, since Android 14, has words of the app
/// before it, and a component has neither sign (JobStatus of the Android Open Source Project).
std::string_view component_of_job(std::string_view name);

/// `u0a231` is 10231, `u10a231` is 1010231, `u0i5` (isolated) 99005, `1000` is 1000.
std::optional<std::int64_t> to_uid(std::string_view text);

/// `-4h50m23s772ms`, `+7ms`, `0`: any part may be missing.
std::optional<std::chrono::milliseconds> to_duration(std::string_view text);

/// Whether a text looks like a package name: at least two parts of letters, digits and underscores.
bool is_package_name(std::string_view text);

/// The package of a process name: `com.example:push` runs in `com.example`. Empty if it names no package.
std::string_view package_of_process(std::string_view process);

} // namespace exhibit::android
