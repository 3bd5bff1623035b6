#pragma once

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Typed streams: the archives of NSArchiver, the predecessor of keyed archives. Messages still keeps
/// the text of a message in one (`attributedBody`).
namespace exhibit::typedstream {

enum class Kind : std::uint8_t {
    nil,
    integer,
    real,
    bytes, ///< the content of a string or of an array of characters
    class_name, ///< a class as a value
    object,
    group, ///< a structure or an array of other things than characters
};

/// Number of a node in its stream.
using Node = std::uint32_t;

/// A parsed stream. Borrows the bytes; what an object holds is told by its class alone, as the format
/// names no fields.
class Stream {
public:
    /// Errors: `unsupported` for bytes that are no typed stream or one of another version, `truncated`
    /// when they end within the header, `over_limit` above 8 MiB. What comes after the header never fails the
    /// whole stream: what was read before the first fault is kept, and `damage` tells the fault.
    static Result<Stream> parse(Bytes, unsigned depth = Limits {}.depth);

    /// The values at the outermost level.
    [[nodiscard]] std::vector<Node> const& roots() const { return m_roots; }
    [[nodiscard]] std::optional<Error> const& damage() const { return m_damage; }

    [[nodiscard]] Kind kind(Node node) const { return m_nodes[node].kind; }
    [[nodiscard]] std::optional<std::int64_t> integer(Node) const;
    /// A real number, or an integer as one.
    [[nodiscard]] std::optional<double> real(Node) const;
    [[nodiscard]] std::optional<Bytes> bytes(Node) const;
    /// The values in an object or a group, in stored order. An object that was stored before shows up
    /// again as the same node, also inside itself: whoever follows children must bound the way.
    [[nodiscard]] std::vector<Node> children(Node) const;
    /// The same without the others between, for nodes that many refer to.
    [[nodiscard]] std::optional<Node> first_child(Node) const;
    [[nodiscard]] std::optional<Node> last_child(Node) const;
    /// Empty for what is no object.
    [[nodiscard]] std::string_view class_name(Node) const;
    /// Whether it is an object of this class or of one derived from it.
    [[nodiscard]] bool is_a(Node, std::string_view class_name) const;

private:
    friend class Parser;

    static constexpr Node kNone = ~Node { 0 };

    struct Stored {
        Kind kind = Kind::nil;
        std::int64_t integer = 0;
        double real = 0;
        Bytes bytes {};
        Node class_index = kNone;
        Node first_child = kNone; ///< in m_children
        Node last_child = kNone;
    };
    struct Child {
        Node node;
        Node next;
    };
    struct Class {
        std::string_view name;
        std::int64_t version = 0;
        Node parent = kNone;
    };

    std::vector<Stored> m_nodes;
    std::vector<Child> m_children;
    std::vector<Class> m_classes;
    std::vector<Node> m_roots;
    std::optional<Error> m_damage;
};

} // namespace exhibit::typedstream
