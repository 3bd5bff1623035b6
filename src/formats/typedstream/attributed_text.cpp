#include "formats/typedstream/attributed_text.hpp"

#include "base/text.hpp"
#include "formats/typedstream/stream.hpp"

#include <utility>

namespace exhibit::typedstream {
namespace {

// One string may be an attribute of many runs: bounds the copies, not the text itself.
constexpr std::size_t kMostAttributeBytes = 4U << 20U;
constexpr std::size_t kMostAttributes = 100'000;

std::optional<std::string> text_of_string(Stream const& stream, Node node)
{
    if (!stream.is_a(node, "NSString"))
        return std::nullopt;
    auto const content = stream.first_child(node);
    auto const bytes = content ? stream.bytes(*content) : std::nullopt;
    return bytes ? std::optional { repair_utf8(as_text(*bytes)) } : std::nullopt;
}

class TextReader {
public:
    explicit TextReader(Stream const& stream)
        : m_stream(stream)
    {
    }

    Result<AttributedText> read(Node root)
    {
        m_result.damage = m_stream.damage();
        if (auto text = text_of_string(m_stream, root)) {
            m_result.text = *std::move(text);
            return std::move(m_result);
        }
        if (!m_stream.is_a(root, "NSAttributedString"))
            return fail(Fault::missing, "typed stream holds no text");
        auto const characters = m_stream.first_child(root);
        auto text = characters ? text_of_string(m_stream, *characters) : std::nullopt;
        if (!text)
            return fail(Fault::missing, "attributed string without characters");
        m_result.text = *std::move(text);
        if (auto const runs = read_runs(m_stream.children(root)); !runs && !m_result.damage)
            m_result.damage = runs.error();
        return std::move(m_result);
    }

private:
    /// After the characters: per run the number of its attributes, from 1 on, and its length, and the
    /// attributes themselves when this number comes for the first time.
    Result<void> read_runs(std::vector<Node> const& parts)
    {
        std::size_t start = 0;
        for (std::size_t at = 1; at + 1 < parts.size(); at += 2) {
            auto const number = m_stream.integer(parts[at]).value_or(-1);
            auto const length = m_stream.integer(parts[at + 1]).value_or(-1);
            if (number < 1 || std::cmp_greater(number, m_result.attributes.size() + 1) || length < 0
                || std::cmp_greater(length, m_result.text.size()))
                return fail(Fault::malformed, "run of an attributed string is damaged", at);
            auto const index = static_cast<std::size_t>(number) - 1;
            if (index == m_result.attributes.size()) {
                if (at + 2 >= parts.size())
                    return {}; // The stream is damaged right here, which is noted already.
                m_result.attributes.push_back(EXHIBIT_TRY(read_attributes(parts[at + 2])));
                ++at;
            }
            m_result.runs.push_back({ start, static_cast<std::size_t>(length), index });
            start += static_cast<std::size_t>(length);
        }
        return {};
    }

    Result<std::vector<Attribute>> read_attributes(Node dictionary)
    {
        std::vector<Attribute> attributes;
        if (!m_stream.is_a(dictionary, "NSDictionary"))
            return attributes;
        auto const parts = m_stream.children(dictionary); // A count, then keys and values in turn.
        for (std::size_t at = 1; at + 1 < parts.size(); at += 2) {
            Attribute attribute;
            attribute.name = text_of_string(m_stream, parts[at]).value_or("");
            attribute.class_name = repair_utf8(m_stream.class_name(parts[at + 1]));
            attribute.value = value_of(parts[at + 1]);
            auto const* const text = std::get_if<std::string>(&attribute.value);
            m_bytes += attribute.name.size() + attribute.class_name.size() + (text ? text->size() : 0);
            if (m_bytes > kMostAttributeBytes || ++m_count > kMostAttributes)
                return fail(Fault::over_limit, "attributes of a text are too many or too large");
            attributes.push_back(std::move(attribute));
        }
        return attributes;
    }

    decltype(Attribute::value) value_of(Node node) const
    {
        if (auto text = text_of_string(m_stream, node))
            return *std::move(text);
        bool const is_url = m_stream.is_a(node, "NSURL");
        bool const is_number = m_stream.is_a(node, "NSNumber");
        bool const is_data = m_stream.is_a(node, "NSData");
        if (!is_url && !is_number && !is_data)
            return {};
        // What tells the value comes last: after a type, a count, or the base of a URL.
        auto const last = m_stream.last_child(node);
        if (!last)
            return {};
        if (is_url)
            return text_of_string(m_stream, *last).value_or("");
        if (auto const bytes = m_stream.bytes(*last); bytes && is_data)
            return *bytes;
        if (auto const number = m_stream.integer(*last); number && is_number)
            return *number;
        if (auto const number = m_stream.real(*last); number && is_number)
            return *number;
        return {};
    }

    Stream const& m_stream;
    AttributedText m_result;
    std::size_t m_bytes = 0;
    std::size_t m_count = 0;
};

} // namespace

Result<AttributedText> read_attributed_text(Bytes bytes, unsigned depth)
{
    auto const stream = EXHIBIT_TRY(Stream::parse(bytes, depth));
    std::optional<Error> fault = stream.damage();
    for (auto const root : stream.roots()) {
        auto text = TextReader { stream }.read(root);
        if (text)
            return text;
        if (!fault)
            fault = text.error();
    }
    return std::unexpected(fault.value_or(Error { Fault::missing, "typed stream holds no text" }));
}

std::vector<Link> links_of(AttributedText const& text)
{
    std::vector<Link> links;
    std::vector<bool> seen(text.attributes.size());
    for (auto const& run : text.runs) {
        if (seen[run.attributes])
            continue;
        seen[run.attributes] = true;
        for (auto const& attribute : text.attributes[run.attributes])
            if (auto const* const url = std::get_if<std::string>(&attribute.value);
                url && attribute.class_name == "NSURL")
                links.push_back({ run.start, run.length, *url, attribute.name });
    }
    return links;
}

} // namespace exhibit::typedstream
