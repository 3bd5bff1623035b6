#include "formats/plist/xml.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "formats/plist/binary_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace exhibit::plist {
namespace {

constexpr std::size_t kLargestXml = 128U << 20U;
// Every node of the tree starts with one of these, and a node takes about a hundred bytes.
constexpr std::ptrdiff_t kMostAngleBrackets = 2'000'000;
constexpr std::string_view kBlank = " \t\r\n";

using Object = BinaryWriter::Object;

std::string text_of(pugi::xml_node element)
{
    std::string text;
    for (auto const& child : element.children())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            text += child.value();
    return text;
}

struct Integer {
    bool negative = false;
    std::uint64_t magnitude = 0;
};

std::optional<Integer> read_integer(std::string_view text)
{
    text = trimmed(text, kBlank);
    Integer integer;
    integer.negative = text.starts_with('-');
    if (integer.negative || text.starts_with('+'))
        text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    }
    auto const magnitude = whole_number<std::uint64_t>(text, base);
    if (!magnitude)
        return std::nullopt;
    integer.magnitude = *magnitude;
    return integer;
}

std::optional<double> read_real(std::string_view text)
{
    text = trimmed(text, kBlank);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    return whole_number<double>(text);
}

/// `YYYY-MM-DDThh:mm:ssZ`, the only form that the DTD allows, as seconds since 2001.
std::optional<double> read_date(std::string_view text)
{
    text = trimmed(text, kBlank);
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != shape.size())
        return std::nullopt;
    std::array<int, 6> fields {};
    std::size_t field = 0;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        bool const digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == 'd' ? !digit : text[i] != shape[i])
            return std::nullopt;
        if (digit)
            fields[field] = fields[field] * 10 + (text[i] - '0');
        else
            ++field;
    }
    std::chrono::year_month_day const date { std::chrono::year { fields[0] },
        std::chrono::month { static_cast<unsigned>(fields[1]) },
        std::chrono::day { static_cast<unsigned>(fields[2]) } };
    if (!date.ok() || fields[3] > 23 || fields[4] > 59 || fields[5] > 60)
        return std::nullopt;
    constexpr std::chrono::sys_days epoch { std::chrono::year { 2001 } / 1 / 1 };
    auto const days = (std::chrono::sys_days { date } - epoch).count();
    return static_cast<double>(days) * 86400 + fields[3] * 3600 + fields[4] * 60 + fields[5];
}

std::optional<unsigned> base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z')
        return static_cast<unsigned>(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0' + 52);
    if (c == '+')
        return 62;
    return c == '/' ? std::optional { 63U } : std::nullopt;
}

/// Blanks may stand anywhere; padding may be missing.
std::optional<std::string> read_base64(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    unsigned bits = 0;
    unsigned held = 0;
    bool padded = false;
    for (char const c : text) {
        if (kBlank.contains(c))
            continue;
        auto const value = base64_value(c);
        if (c == '=') {
            padded = true;
            continue;
        }
        if (!value || padded)
            return std::nullopt;
        bits = bits << 6U | *value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes += static_cast<char>(bits >> held & 0xFFU);
        }
    }
    return bytes;
}

class Converter {
public:
    // NOLINTNEXTLINE(misc-no-recursion): as deep as `depth_left` at most
    Result<Object> convert(pugi::xml_node element, unsigned depth_left)
    {
        std::string_view const name = element.name();
        if (depth_left == 0)
            return fail(Fault::over_limit, "XML property list is nested too deeply", offset_of(element));
        if (name == "dict")
            return convert_dictionary(element, depth_left);
        if (name == "array")
            return convert_array(element, depth_left);
        if (name == "true" || name == "false")
            return m_writer.add_boolean(name == "true");
        return convert_scalar(name, text_of(element));
    }

    std::vector<std::byte> finish() && { return std::move(m_writer).finish(); }

private:
    static std::uint64_t offset_of(pugi::xml_node element)
    {
        auto const offset = element.offset_debug();
        return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
    }

    Object convert_scalar(std::string_view name, std::string const& text)
    {
        if (name == "string")
            return m_writer.add_text(text);
        if (name == "integer")
            return convert_integer(text);
        if (name == "real") {
            auto const value = read_real(text);
            return value ? m_writer.add_real(*value) : m_writer.add_damaged();
        }
        if (name == "date") {
            auto const seconds = read_date(text);
            return seconds ? m_writer.add_date(*seconds) : m_writer.add_damaged();
        }
        if (name == "data") {
            auto const bytes = read_base64(text);
            return bytes ? m_writer.add_data(*bytes) : m_writer.add_damaged();
        }
        return m_writer.add_damaged();
    }

    Object convert_integer(std::string_view text)
    {
        constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        auto const integer = read_integer(text);
        if (!integer || (integer->negative && integer->magnitude > largest + 1))
            return m_writer.add_damaged();
        if (integer->negative)
            return m_writer.add_integer(static_cast<std::int64_t>(~integer->magnitude + 1));
        if (integer->magnitude > largest)
            return m_writer.add_large_integer(integer->magnitude);
        return m_writer.add_integer(static_cast<std::int64_t>(integer->magnitude));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Object> convert_array(pugi::xml_node element, unsigned depth_left)
    {
        std::vector<Object> elements;
        for (auto const& child : element.children())
            if (child.type() == pugi::node_element)
                elements.push_back(EXHIBIT_TRY(convert(child, depth_left - 1)));
        return m_writer.add_array(elements);
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<Object> convert_dictionary(pugi::xml_node element, unsigned depth_left)
    {
        if (auto const uid = uid_of(element))
            return m_writer.add_uid(*uid);
        std::vector<Object> keys;
        std::vector<Object> values;
        for (auto const& child : element.children()) {
            if (child.type() != pugi::node_element)
                continue;
            bool const is_key = std::string_view { child.name() } == "key";
            if (is_key != (keys.size() == values.size()))
                return fail(
                    Fault::malformed, "keys and values of a dictionary do not alternate", offset_of(child));
            if (is_key)
                keys.push_back(m_writer.add_text(text_of(child)));
            else
                values.push_back(EXHIBIT_TRY(convert(child, depth_left - 1)));
        }
        if (keys.size() != values.size())
            return fail(Fault::malformed, "the last key of a dictionary has no value", offset_of(element));
        return m_writer.add_dictionary(keys, values);
    }

    /// XML has no element for the numbers by which keyed archives refer to objects: they are written
    /// as a dictionary of one entry.
    static std::optional<std::uint64_t> uid_of(pugi::xml_node element)
    {
        auto const is_element = [](pugi::xml_node node) { return node.type() == pugi::node_element; };
        auto const key = element.find_child(is_element);
        if (std::string_view { key.name() } != "key" || text_of(key) != "CF$UID"
            || std::ranges::count_if(element.children(), is_element) != 2)
            return std::nullopt;
        auto const value = element.child("integer");
        auto const integer = value ? read_integer(text_of(value)) : std::nullopt;
        if (!integer || integer->negative)
            return std::nullopt;
        return integer->magnitude;
    }

    BinaryWriter m_writer;
};

Result<void> load(pugi::xml_document& tree, Bytes bytes)
{
    if (bytes.size() > kLargestXml)
        return fail(Fault::over_limit, "XML property list is larger than 128 MiB");
    if (std::ranges::count(bytes, std::byte { '<' }) > kMostAngleBrackets)
        return fail(Fault::over_limit, "XML property list has more than two million elements");
    // The document type is kept only to be looked at: the parser knows no entity but those of XML itself.
    constexpr auto flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata
        | pugi::parse_doctype;
    auto const parsed = tree.load_buffer(bytes.data(), bytes.size(), flags);
    auto const at = parsed.offset < 0 ? 0 : static_cast<std::uint64_t>(parsed.offset);
    if (parsed.status == pugi::status_out_of_memory)
        return fail(Fault::over_limit, "no memory for the XML property list");
    if (!parsed && at + 1 >= bytes.size())
        return fail(Fault::truncated, "XML property list ends before its last element does", at);
    if (!parsed)
        return fail(Fault::malformed, "XML property list breaks the rules of XML", at);
    for (auto const& node : tree.children())
        if (node.type() == pugi::node_doctype && std::string_view { node.value() }.contains("<!ENTITY"))
            return fail(Fault::malformed, "XML property list declares entities of its own");
    return {};
}

pugi::xml_node first_element(pugi::xml_node const& parent)
{
    return parent.find_child([](pugi::xml_node node) { return node.type() == pugi::node_element; });
}

} // namespace

Result<std::vector<std::byte>> xml_to_binary(Bytes bytes, unsigned depth)
{
    pugi::xml_document tree;
    EXHIBIT_TRY(load(tree, bytes));
    auto root = first_element(tree);
    if (std::string_view { root.name() } == "plist")
        root = first_element(root);
    if (!root)
        return fail(Fault::malformed, "XML property list holds no value");
    Converter converter;
    EXHIBIT_TRY(converter.convert(root, depth));
    return std::move(converter).finish();
}

} // namespace exhibit::plist
