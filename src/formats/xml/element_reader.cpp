#include "formats/xml/element_reader.hpp"

#include "formats/abx/abx.hpp"

#include <pugixml.hpp>
#include <utility>

namespace exhibit {
namespace {

Result<void> read_binary(
    Bytes document, unsigned deepest, std::function<Result<void>(XmlElement const&)> const& visit)
{
    auto reader = EXHIBIT_TRY(abx::AbxReader::open(document, deepest));
    XmlElement element;
    bool started = false; // An element is shown once it is known whether text follows its start.
    auto const show
        = [&]() -> Result<void> { return std::exchange(started, false) ? visit(element) : Result<void> {}; };
    for (;;) {
        auto const more = reader.next();
        if (!more || !*more) {
            EXHIBIT_TRY(show());
            return more ? Result<void> {} : std::unexpected(more.error());
        }
        if (reader.event() == abx::Event::text) {
            if (started)
                element.text += reader.text();
            continue;
        }
        EXHIBIT_TRY(show());
        if (reader.event() != abx::Event::start_tag)
            continue;
        started = true;
        element.text.clear();
        element.name = reader.name();
        element.offset = reader.offset();
        element.depth = reader.depth();
        element.attributes.clear();
        for (auto const& attribute : reader.attributes())
            element.attributes.emplace_back(attribute.name, attribute.value);
    }
}

void fill(XmlElement& element, pugi::xml_node const& node, std::size_t depth)
{
    element.name = node.name();
    element.offset = static_cast<std::uint64_t>(node.offset_debug());
    element.depth = depth;
    auto const first = node.first_child().type();
    bool const has_text = first == pugi::node_pcdata || first == pugi::node_cdata;
    element.text = has_text ? node.first_child().value() : "";
    element.attributes.clear();
    for (auto const& attribute : node.attributes())
        element.attributes.emplace_back(attribute.name(), attribute.value());
}

/// pugixml keeps no entities and follows none, so a document cannot grow.
Result<void> read_text(
    Bytes document, unsigned deepest, std::function<Result<void>(XmlElement const&)> const& visit)
{
    pugi::xml_document parsed;
    auto const result = parsed.load_buffer(document.data(), document.size());
    auto const damage = [&]() -> Result<void> {
        if (!result)
            return fail(
                Fault::malformed, "the XML document is damaged", static_cast<std::uint64_t>(result.offset));
        return {};
    };
    XmlElement element;
    std::size_t depth = 1;
    for (auto node = parsed.first_child(); node;) {
        if (node.type() == pugi::node_element) {
            if (depth > deepest)
                return fail(Fault::over_limit, "elements nested too deeply",
                    static_cast<std::uint64_t>(node.offset_debug()));
            fill(element, node, depth);
            EXHIBIT_TRY(visit(element));
        }
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node && !node.next_sibling()) {
            node = node.parent();
            --depth;
            if (depth == 0)
                return damage();
        }
        node = node.next_sibling();
    }
    return damage();
}

} // namespace

Result<void> for_each_element_of(
    Bytes document, unsigned deepest, std::function<Result<void>(XmlElement const&)> const& visit)
{
    return abx::is_abx(document) ? read_binary(document, deepest, visit)
                                 : read_text(document, deepest, visit);
}

} // namespace exhibit
