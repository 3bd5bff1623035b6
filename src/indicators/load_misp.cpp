#include "base/number.hpp"
#include "base/text.hpp"
#include "indicators/json.hpp"
#include "indicators/load.hpp"
#include "indicators/type_names.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace exhibit::indicators {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostTagNames = 64; ///< of one event that come from tags

/// MISP writes times as text of seconds since 1970.
std::optional<Timestamp> seconds_at(element object, std::string_view key)
{
    std::int64_t seconds = 0;
    if (object[key].get(seconds) == simdjson::SUCCESS)
        return Time::unix_seconds(seconds).utc;
    auto const written = whole_number<std::int64_t>(text_at(object, key));
    return written ? Time::unix_seconds(*written).utc : std::nullopt;
}

Tlp tlp_of_tags(element object)
{
    auto tlp = Tlp::unmarked;
    for_each_in(object, "Tag", [&](element tag) { tlp = std::max(tlp, tlp_named(text_at(tag, "name"))); });
    return tlp;
}

class MispLoader {
public:
    explicit MispLoader(SetBuilder& builder)
        : m_builder(builder)
    {
    }

    void load(element event)
    {
        m_names.clear();
        auto const info = text_at(event, "info");
        add_clusters(event);
        if (!info.empty())
            m_names.push_back({ info, "event" });
        m_source = {};
        element organisation;
        if (event["Orgc"].get(organisation) == simdjson::SUCCESS)
            m_source = text_at(organisation, "name");
        m_tlp = tlp_of_tags(event);
        auto& pack = m_builder.pack();
        if (pack.source.empty())
            pack.source = m_source;
        if (!info.empty() && !m_has_title) {
            pack.title = info;
            m_has_title = true;
        }
        for_each_in(event, "Attribute", [&](element attribute) { add(attribute, {}); });
        for_each_in(event, "Object", [&](element object) {
            if (is_true(object, "deleted"))
                return;
            auto const name = text_at(object, "name");
            for_each_in(object, "Attribute", [&](element attribute) { add(attribute, name); });
        });
    }

private:
    /// Feeds name galaxies in tags alone: `misp-galaxy:tool="Example Spy"`.
    void add_cluster_tags(element object)
    {
        constexpr std::string_view prefix = "misp-galaxy:";
        for_each_in(object, "Tag", [&](element tag) {
            auto name = text_at(tag, "name");
            if (!name.starts_with(prefix) || !name.ends_with('"'))
                return;
            name.remove_prefix(prefix.size());
            auto const quote = name.find("=\"");
            if (quote == name.npos || quote + 3 > name.size())
                return;
            auto const value = name.substr(quote + 2, name.size() - quote - 3);
            if (!value.empty() && m_names.size() < kMostTagNames
                && std::ranges::find(m_names, value, &Name::text) == m_names.end())
                m_names.push_back({ value, name.substr(0, quote) });
        });
    }

    void add_clusters(element object)
    {
        for_each_in(object, "Galaxy", [&](element galaxy) {
            auto const type = text_at(galaxy, "type");
            for_each_in(galaxy, "GalaxyCluster", [&](element cluster) {
                if (auto const value = text_at(cluster, "value"); !value.empty())
                    m_names.push_back({ value, type });
            });
        });
        add_cluster_tags(object);
    }

    void add(element attribute, std::string_view object_name)
    {
        auto const id = text_at(attribute, "uuid");
        auto const type = text_at(attribute, "type");
        auto const value = text_at(attribute, "value");
        if (is_true(attribute, "deleted"))
            return m_builder.add_problem(Reason::revoked, id, value);
        if (type.empty() || value.empty())
            return m_builder.add_problem(Reason::malformed_object, id, "an attribute without type or value");
        if (!is_true(attribute, "to_ids"))
            return m_builder.add_problem(Reason::not_for_detection, id, type);
        auto const meaning = type_named(type, value);
        if (!meaning || is_foreign_certificate(type, object_name))
            return m_builder.add_problem(Reason::unknown_type, id, type);
        auto const known = m_names.size();
        add_clusters(attribute);
        add_values(attribute, id, value, *meaning);
        m_names.resize(known);
    }

    void add_values(
        element attribute, std::string_view id, std::string_view value, TypeMeaning const& meaning)
    {
        RawIndicator raw;
        raw.id = id;
        raw.source = m_source;
        raw.names = m_names;
        raw.created = seconds_at(attribute, "timestamp");
        raw.tlp = std::max(m_tlp, tlp_of_tags(attribute));
        add_typed(m_builder, raw, value, meaning);
    }

    SetBuilder& m_builder;
    std::vector<Name> m_names;
    std::string_view m_source;
    Tlp m_tlp = Tlp::unmarked;
    bool m_has_title = false;
};

void load_events(MispLoader& loader, element document)
{
    element event;
    if (document["Event"].get(event) == simdjson::SUCCESS)
        loader.load(event);
    else if (simdjson::dom::array attributes; document["Attribute"].get(attributes) == simdjson::SUCCESS)
        loader.load(document);
}

} // namespace

Tlp tlp_named(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Tlp>, 6> levels { { { "clear", Tlp::clear },
        { "white", Tlp::clear }, { "green", Tlp::green }, { "amber+strict", Tlp::amber_strict },
        { "amber", Tlp::amber }, { "red", Tlp::red } } };
    auto const lowered = to_lower(name);
    auto const level = std::string_view { lowered }.substr(lowered.starts_with("tlp:") ? 4 : 0);
    for (auto const& [text, tlp] : levels)
        if (level == text)
            return tlp;
    return Tlp::unmarked;
}

void load_misp(SetBuilder& builder, std::string_view text)
{
    simdjson::dom::parser parser;
    element document;
    if (auto const error = parse_json(parser, text, document); error != simdjson::SUCCESS)
        return builder.add_problem(Reason::damaged_file, {}, simdjson::error_message(error));
    MispLoader loader { builder };
    if (element response; document["response"].get(response) == simdjson::SUCCESS)
        document = response; // of a search: events in a list, or attributes alone
    simdjson::dom::array list;
    if (document.get(list) != simdjson::SUCCESS)
        return load_events(loader, document);
    for (auto const member : list)
        load_events(loader, member);
}

} // namespace exhibit::indicators
