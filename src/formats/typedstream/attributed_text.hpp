#pragma once

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace exhibit::typedstream {

/// Something that is said about a part of a text, e.g. `__kIMLinkAttributeName` with an NSURL, or
/// `__kIMFileTransferGUIDAttributeName` with an attachment's id.
struct Attribute {
    std::string name;
    std::string class_name; ///< of the value
    /// A number, the text of a string or a URL, or the bytes of NSData (borrowed from the stream);
    /// nothing for other classes.
    std::variant<std::monostate, std::int64_t, double, std::string, Bytes> value;
};

/// A part of the text whose attributes are the same. In UTF-16 units, as phones count.
struct Run {
    std::size_t start = 0;
    std::size_t length = 0;
    std::size_t attributes = 0; ///< index in AttributedText::attributes
};

struct AttributedText {
    std::string text; ///< valid UTF-8; NUL becomes U+2400 and what is invalid becomes U+FFFD
    std::vector<std::vector<Attribute>> attributes;
    std::vector<Run> runs;
    /// What was wrong after the text, or `truncated` within it. What could be read before it is kept.
    std::optional<Error> damage;
};

struct Link {
    std::size_t start = 0; ///< UTF-16 units
    std::size_t length = 0;
    std::string url;
    std::string attribute; ///< the name of the attribute that held it
};

/// Reads an NSAttributedString, or a plain NSString, from a typed stream such as a message's
/// `attributedBody`. Errors: `unsupported` when the bytes are no typed stream, `missing` when an intact
/// stream holds no text, else the fault that came before the text.
Result<AttributedText> read_attributed_text(Bytes, unsigned depth = Limits {}.depth);

/// The URLs among the attributes, in the order of the text, with the first run that has them. Further runs of
/// the same attributes are left out: a short text can have very many.
std::vector<Link> links_of(AttributedText const&);

} // namespace exhibit::typedstream
