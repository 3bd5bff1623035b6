#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <utility>

namespace exhibit {

/// Why a read of evidence failed. Stable names: they are stored in the case file.
enum class Fault : std::uint8_t {
    truncated, ///< the data ends before the structure does
    malformed, ///< the data breaks the rules of its format
    unsupported, ///< a valid form that this program does not read
    over_limit, ///< larger, deeper or longer than the limits allow
    locked, ///< encrypted, and the key is wrong or missing
    missing, ///< something that was referred to is not there
    io, ///< the operating system could not read it
    cancelled,
};

/// The stable name of a fault, as stored in the case file.
constexpr std::string_view name_of(Fault fault)
{
    switch (fault) {
    case Fault::truncated:
        return "truncated";
    case Fault::malformed:
        return "malformed";
    case Fault::unsupported:
        return "unsupported";
    case Fault::over_limit:
        return "over_limit";
    case Fault::locked:
        return "locked";
    case Fault::missing:
        return "missing";
    case Fault::io:
        return "io";
    case Fault::cancelled:
        return "cancelled";
    }
    return "malformed";
}

/// A failure that a caller is expected to handle. `what` is always a string literal, so an
/// error costs no allocation and can never dangle; anything longer belongs in a diagnostic.
struct [[nodiscard]] Error {
    Fault fault;
    std::string_view what;
    std::uint64_t at = 0; ///< byte offset, row id or line, whichever the reader counts in
};

/// A value or an Error. A class, not an alias: libstdc++ 12 does not mark std::expected
/// [[nodiscard]] and an alias cannot, so a dropped failure would compile in silence.
template<typename T> class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
};

inline std::unexpected<Error> fail(Fault fault, std::string_view what, std::uint64_t at = 0)
{
    return std::unexpected(Error { fault, what, at });
}

} // namespace exhibit

/// Unwraps a Result or returns its error to the caller. The one macro of the code base.
/// Never inside a braced initialiser: g++ 12 does not destroy the members built so far when one is
/// left early. tools/check_try.py refuses it.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define EXHIBIT_TRY(expression) EXHIBIT_TRY_NAMED(EXHIBIT_JOIN(exhibit_result_, __COUNTER__), expression)
#define EXHIBIT_TRY_NAMED(result, expression)                                                                \
    __extension__({                                                                                          \
        auto&& result = (expression);                                                                        \
        if (!result.has_value()) [[unlikely]]                                                                \
            return std::unexpected(result.error());                                                          \
        std::move(result).value();                                                                           \
    })
#define EXHIBIT_JOIN(a, b) EXHIBIT_JOIN_(a, b)
#define EXHIBIT_JOIN_(a, b) a##b
// NOLINTEND(bugprone-macro-parentheses)
