#include "formats/typedstream/stream.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <bit>

namespace exhibit::typedstream {
namespace {

// Facts about the format: the published analyses of NeXTSTEP's NXTypedStream, and messages.
constexpr std::uint64_t kVersion = 4;
constexpr std::string_view kLittle = "streamtyped";
constexpr std::string_view kBig = "typedstream";

// The first byte of a value, as a signed number. From kFirstTag to kLastTag it says what follows,
// anything else is the value itself.
constexpr int kFirstTag = -128;
constexpr int kLastTag = -111;
constexpr int kTwoBytes = -127;
constexpr int kFourBytes = -126;
constexpr int kFloating = -125;
constexpr int kNew = -124;
constexpr int kNil = -123;
constexpr int kEnd = -122;
constexpr int kEightBytes = -121;
constexpr std::int64_t kFirstReference = kLastTag + 1;

constexpr std::size_t kLargestStream = 8U << 20U; // a value of one byte takes about fifty in memory
constexpr std::size_t kLongestTypes = 4096;
constexpr unsigned kMostAncestors = 64;

enum class Sign : std::uint8_t { is_signed, is_unsigned };

} // namespace

class Parser {
public:
    Parser(Bytes bytes, unsigned depth)
        : m_reader(bytes)
        , m_depth_left(depth)
        , m_budget(bytes.size() + 64)
    {
    }

    Result<void> read_header();
    Result<void> read_values();

    Stream finish(std::optional<Error> damage) &&
    {
        if (!m_stream.m_nodes.empty())
            m_stream.m_roots = m_stream.children(0);
        m_stream.m_damage = damage;
        return std::move(m_stream);
    }

private:
    enum class Referred : std::uint8_t { object, class_index, text };
    struct Known {
        Referred what;
        Node index; ///< of a node, a class or a string
    };

    Result<int> head();
    template<std::unsigned_integral T> Result<T> number();
    Result<std::int64_t> integer(int head, Sign);
    Result<double> floating(int head, std::size_t width);
    Result<std::size_t> string_length(int head);
    Result<std::string_view> shared_string(int head);
    Result<Node> reference(int head, Referred);
    Result<Node> class_chain(int head);

    Result<void> group(int head, Node parent);
    Result<std::string_view> next_type(std::string_view& types) const;

    // Each reads one value and appends it to `parent`.
    using Nested = Result<void> (Parser::*)(std::string_view type, Node parent);
    Result<void> value(std::string_view type, Node parent);
    Result<void> nested(Nested read, std::string_view type, Node parent);
    Result<void> object(std::string_view type, Node parent);
    Result<void> array(std::string_view type, Node parent);
    Result<void> structure(std::string_view type, Node parent);

    Result<Node> number_value(char type);
    Result<void> unshared_text(Node parent);
    Result<Node> text_value(char type);
    Result<Node> add(Stream::Stored stored);
    Result<Node> add_bytes(Bytes bytes) { return add({ .kind = Kind::bytes, .bytes = bytes }); }
    void append(Node parent, Node child);

    Reader m_reader;
    Stream m_stream;
    std::vector<std::string_view> m_strings;
    std::vector<Known> m_known;
    unsigned m_depth_left;
    std::size_t m_budget; ///< nodes; every value but those of no size takes a byte or more
    bool m_big_endian = false;
};

Result<int> Parser::head()
{
    return static_cast<std::int8_t>(EXHIBIT_TRY(m_reader.big<std::uint8_t>()));
}

template<std::unsigned_integral T> Result<T> Parser::number()
{
    return m_big_endian ? m_reader.big<T>() : m_reader.little<T>();
}

Result<std::int64_t> Parser::integer(int head, Sign sign)
{
    bool const is_signed = sign == Sign::is_signed;
    if (head == kTwoBytes) {
        auto const read = EXHIBIT_TRY(number<std::uint16_t>());
        return is_signed ? static_cast<std::int16_t>(read) : std::int64_t { read };
    }
    if (head == kFourBytes) {
        auto const read = EXHIBIT_TRY(number<std::uint32_t>());
        return is_signed ? static_cast<std::int32_t>(read) : std::int64_t { read };
    }
    if (head == kEightBytes)
        return static_cast<std::int64_t>(EXHIBIT_TRY(number<std::uint64_t>()));
    if (head >= kFirstTag && head <= kLastTag)
        return fail(Fault::malformed, "a number was expected", m_reader.offset());
    return is_signed ? head : head & 0xFF;
}

Result<double> Parser::floating(int head, std::size_t width)
{
    if (head != kFloating)
        return static_cast<double>(EXHIBIT_TRY(integer(head, Sign::is_signed)));
    if (width == sizeof(float))
        return std::bit_cast<float>(EXHIBIT_TRY(number<std::uint32_t>()));
    return std::bit_cast<double>(EXHIBIT_TRY(number<std::uint64_t>()));
}

Result<std::size_t> Parser::string_length(int head)
{
    auto const length = EXHIBIT_TRY(integer(head, Sign::is_unsigned));
    if (length < 0)
        return fail(Fault::malformed, "length of a string is negative", m_reader.offset());
    return static_cast<std::size_t>(length);
}

Result<std::string_view> Parser::shared_string(int head)
{
    if (head == kNew) {
        auto const first = EXHIBIT_TRY(this->head());
        auto const length = EXHIBIT_TRY(string_length(first));
        m_strings.push_back(EXHIBIT_TRY(m_reader.text(length)));
        return m_strings.back();
    }
    auto const index = EXHIBIT_TRY(integer(head, Sign::is_signed)) - kFirstReference;
    if (index < 0 || static_cast<std::uint64_t>(index) >= m_strings.size())
        return fail(Fault::malformed, "reference to a string that was not stored before", m_reader.offset());
    return m_strings[static_cast<std::size_t>(index)];
}

Result<Node> Parser::reference(int head, Referred what)
{
    auto const index = EXHIBIT_TRY(integer(head, Sign::is_signed)) - kFirstReference;
    if (index < 0 || static_cast<std::uint64_t>(index) >= m_known.size()
        || m_known[static_cast<std::size_t>(index)].what != what)
        return fail(Fault::malformed, "reference to an object that was not stored before", m_reader.offset());
    return m_known[static_cast<std::size_t>(index)].index;
}

Result<Node> Parser::class_chain(int head)
{
    Node first = Stream::kNone;
    Node last = Stream::kNone;
    auto& classes = m_stream.m_classes;
    auto const link = [&](Node next) {
        (last == Stream::kNone ? first : classes[last].parent) = next;
        last = next;
    };
    while (head == kNew) {
        Stream::Class read;
        auto const name_head = EXHIBIT_TRY(this->head());
        read.name = EXHIBIT_TRY(shared_string(name_head));
        auto const version_head = EXHIBIT_TRY(this->head());
        read.version = EXHIBIT_TRY(integer(version_head, Sign::is_signed));
        auto const index = static_cast<Node>(classes.size());
        classes.push_back(read);
        m_known.push_back({ Referred::class_index, index });
        link(index);
        head = EXHIBIT_TRY(this->head());
    }
    if (head == kNil)
        return first;
    auto const known = EXHIBIT_TRY(reference(head, Referred::class_index));
    if (first != Stream::kNone && known >= first)
        return fail(Fault::malformed, "class is derived from itself", m_reader.offset());
    link(known);
    return first;
}

Result<Node> Parser::add(Stream::Stored stored)
{
    if (m_stream.m_nodes.size() >= m_budget)
        return fail(Fault::over_limit, "more values than the bytes can hold", m_reader.offset());
    m_stream.m_nodes.push_back(stored);
    return static_cast<Node>(m_stream.m_nodes.size() - 1);
}

void Parser::append(Node parent, Node child)
{
    auto& children = m_stream.m_children;
    auto& owner = m_stream.m_nodes[parent];
    auto const index = static_cast<Node>(children.size());
    children.push_back({ child, Stream::kNone });
    (owner.first_child == Stream::kNone ? owner.first_child : children[owner.last_child].next) = index;
    owner.last_child = index;
}

Result<void> Parser::read_header()
{
    auto const version = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
    auto const length = EXHIBIT_TRY(m_reader.big<std::uint8_t>());
    if (length != kLittle.size())
        return fail(Fault::unsupported, "not a typed stream");
    auto const signature = EXHIBIT_TRY(m_reader.text(length));
    if (signature != kLittle && signature != kBig)
        return fail(Fault::unsupported, "not a typed stream");
    if (version != kVersion)
        return fail(Fault::unsupported, "typed stream of another version than 4");
    m_big_endian = signature == kBig;
    auto const first = EXHIBIT_TRY(head());
    EXHIBIT_TRY(integer(first, Sign::is_unsigned)); // The system that wrote it: 1000 since Mac OS X.
    return {};
}

/// Groups of values until the bytes end, each a string with one type per value and then the values.
Result<void> Parser::read_values()
{
    auto const outermost = EXHIBIT_TRY(add({ .kind = Kind::group }));
    while (m_reader.left() != 0) {
        auto const first = EXHIBIT_TRY(head());
        EXHIBIT_TRY(group(first, outermost));
    }
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion): objects, arrays and structures use up depth
Result<void> Parser::group(int head, Node parent)
{
    auto types = EXHIBIT_TRY(shared_string(head));
    if (types.empty() || types.size() > kLongestTypes)
        return fail(Fault::malformed, "group of values with no types or too many", m_reader.offset());
    while (!types.empty()) {
        auto const type = EXHIBIT_TRY(next_type(types));
        EXHIBIT_TRY(value(type, parent));
    }
    return {};
}

/// Cuts one type from the front.
Result<std::string_view> Parser::next_type(std::string_view& types) const
{
    std::size_t nested = 0;
    for (std::size_t i = 0; i != types.size(); ++i) {
        if (types[i] == '[' || types[i] == '{' || types[i] == '(')
            ++nested;
        else if ((types[i] == ']' || types[i] == '}' || types[i] == ')') && nested-- == 0)
            break;
        if (nested == 0) {
            auto const type = types.substr(0, i + 1);
            types.remove_prefix(i + 1);
            return type;
        }
    }
    return fail(Fault::malformed, "brackets of a type do not match", m_reader.offset());
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<void> Parser::value(std::string_view type, Node parent)
{
    switch (type.front()) {
    case '@':
        return nested(&Parser::object, type, parent);
    case '[':
        return nested(&Parser::array, type, parent);
    case '{':
        return nested(&Parser::structure, type, parent);
    case '+':
        return unshared_text(parent);
    case '*':
    case '%':
    case ':':
        append(parent, EXHIBIT_TRY(text_value(type.front())));
        return {};
    case '#': {
        auto const first = EXHIBIT_TRY(head());
        auto const index = EXHIBIT_TRY(class_chain(first));
        append(parent, EXHIBIT_TRY(add({ .kind = Kind::class_name, .class_index = index })));
        return {};
    }
    case '!': // Stands for nothing, and nothing is stored for it.
        append(parent, EXHIBIT_TRY(add({})));
        return {};
    default:
        append(parent, EXHIBIT_TRY(number_value(type.front())));
        return {};
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<void> Parser::nested(Nested read, std::string_view type, Node parent)
{
    if (m_depth_left == 0)
        return fail(Fault::over_limit, "objects are nested too deeply", m_reader.offset());
    --m_depth_left;
    EXHIBIT_TRY((this->*read)(type, parent));
    ++m_depth_left;
    return {};
}

Result<Node> Parser::number_value(char type)
{
    constexpr std::string_view signed_types = "silq";
    constexpr std::string_view unsigned_types = "SILQ";
    Stream::Stored stored { .kind = Kind::integer };
    auto const first = EXHIBIT_TRY(head());
    if (type == 'c') {
        stored.integer = first;
    } else if (type == 'C' || type == 'B') {
        stored.integer = first & 0xFF;
    } else if (signed_types.contains(type)) {
        stored.integer = EXHIBIT_TRY(integer(first, Sign::is_signed));
    } else if (unsigned_types.contains(type)) {
        stored.integer = EXHIBIT_TRY(integer(first, Sign::is_unsigned));
    } else if (type == 'f' || type == 'd') {
        stored.kind = Kind::real;
        stored.real = EXHIBIT_TRY(floating(first, type == 'f' ? sizeof(float) : sizeof(double)));
    } else {
        return fail(Fault::unsupported, "value of an unknown type", m_reader.offset());
    }
    return add(stored);
}

Result<void> Parser::unshared_text(Node parent)
{
    auto const first = EXHIBIT_TRY(head());
    if (first == kNil) {
        append(parent, EXHIBIT_TRY(add({})));
        return {};
    }
    auto const length = EXHIBIT_TRY(string_length(first));
    // The words of a message that is cut within them are kept.
    auto const kept = std::min(length, m_reader.left());
    append(parent, EXHIBIT_TRY(add_bytes(EXHIBIT_TRY(m_reader.take(kept)))));
    if (kept != length)
        return fail(Fault::truncated, "text is cut short", m_reader.offset());
    return {};
}

Result<Node> Parser::text_value(char type)
{
    auto const first = EXHIBIT_TRY(head());
    if (first == kNil)
        return add({});
    if (type != '*')
        return add_bytes(as_bytes(EXHIBIT_TRY(shared_string(first))));
    if (first != kNew)
        return reference(first, Referred::text);
    auto const second = EXHIBIT_TRY(head());
    auto const node = EXHIBIT_TRY(add_bytes(as_bytes(EXHIBIT_TRY(shared_string(second)))));
    m_known.push_back({ Referred::text, node });
    return node;
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<void> Parser::object(std::string_view, Node parent)
{
    auto first = EXHIBIT_TRY(head());
    if (first == kNil) {
        append(parent, EXHIBIT_TRY(add({})));
        return {};
    }
    if (first != kNew) {
        append(parent, EXHIBIT_TRY(reference(first, Referred::object)));
        return {};
    }
    // Known, and part of its owner, before its contents are read: they may refer to it, and what was
    // read of it is kept when they are damaged.
    auto const node = EXHIBIT_TRY(add({ .kind = Kind::object }));
    append(parent, node);
    m_known.push_back({ Referred::object, node });
    first = EXHIBIT_TRY(head());
    auto const class_index = EXHIBIT_TRY(class_chain(first));
    m_stream.m_nodes[node].class_index = class_index;
    for (first = EXHIBIT_TRY(head()); first != kEnd; first = EXHIBIT_TRY(head()))
        EXHIBIT_TRY(group(first, node));
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<void> Parser::array(std::string_view type, Node parent)
{
    type = type.substr(1, type.size() - 2);
    auto const count = take_number<std::size_t>(type);
    if (!count || type.empty() || *count > m_reader.left())
        return fail(Fault::malformed, "array is longer than the data", m_reader.offset());
    if (type == "c" || type == "C") {
        append(parent, EXHIBIT_TRY(add_bytes(EXHIBIT_TRY(m_reader.take(*count)))));
        return {};
    }
    auto const one = EXHIBIT_TRY(next_type(type));
    auto const node = EXHIBIT_TRY(add({ .kind = Kind::group }));
    append(parent, node);
    for (std::size_t i = 0; i != *count; ++i)
        EXHIBIT_TRY(value(one, node));
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<void> Parser::structure(std::string_view type, Node parent)
{
    type = type.substr(1, type.size() - 2);
    type.remove_prefix(std::min(type.size(), type.find('=') + 1)); // Its name, if it has one.
    auto const node = EXHIBIT_TRY(add({ .kind = Kind::group }));
    append(parent, node);
    while (!type.empty()) {
        auto const field = EXHIBIT_TRY(next_type(type));
        EXHIBIT_TRY(value(field, node));
    }
    return {};
}

Result<Stream> Stream::parse(Bytes bytes, unsigned depth)
{
    constexpr unsigned deepest = 256; // keeps the recursion within any thread's stack
    if (bytes.size() > kLargestStream)
        return fail(Fault::over_limit, "typed stream is larger than 8 MiB");
    Parser parser { bytes, std::min(depth, deepest) };
    EXHIBIT_TRY(parser.read_header());
    auto const read = parser.read_values();
    return std::move(parser).finish(read ? std::nullopt : std::optional { read.error() });
}

std::optional<std::int64_t> Stream::integer(Node node) const
{
    auto const& stored = m_nodes[node];
    return stored.kind == Kind::integer ? std::optional { stored.integer } : std::nullopt;
}

std::optional<double> Stream::real(Node node) const
{
    auto const& stored = m_nodes[node];
    if (stored.kind == Kind::integer)
        return static_cast<double>(stored.integer);
    return stored.kind == Kind::real ? std::optional { stored.real } : std::nullopt;
}

std::optional<Bytes> Stream::bytes(Node node) const
{
    auto const& stored = m_nodes[node];
    return stored.kind == Kind::bytes ? std::optional { stored.bytes } : std::nullopt;
}

std::vector<Node> Stream::children(Node node) const
{
    std::vector<Node> found;
    for (auto at = m_nodes[node].first_child; at != kNone; at = m_children[at].next)
        found.push_back(m_children[at].node);
    return found;
}

std::optional<Node> Stream::first_child(Node node) const
{
    auto const at = m_nodes[node].first_child;
    return at == kNone ? std::nullopt : std::optional { m_children[at].node };
}

std::optional<Node> Stream::last_child(Node node) const
{
    auto const at = m_nodes[node].last_child;
    return at == kNone ? std::nullopt : std::optional { m_children[at].node };
}

std::string_view Stream::class_name(Node node) const
{
    auto const index = m_nodes[node].class_index;
    return index == kNone ? std::string_view {} : m_classes[index].name;
}

bool Stream::is_a(Node node, std::string_view class_name) const
{
    auto at = m_nodes[node].class_index;
    for (unsigned step = 0; at != kNone && step != kMostAncestors; ++step) {
        if (m_classes[at].name == class_name)
            return true;
        at = m_classes[at].parent;
    }
    return false;
}

} // namespace exhibit::typedstream
