#include "base/text.hpp"
#include "indicators/json.hpp"
#include "indicators/load.hpp"
#include "indicators/pattern.hpp"
#include "indicators/pattern_terms.hpp"
#include "indicators/salvage.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace exhibit::indicators {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostNames = 64; // for one indicator
constexpr std::size_t kLongestPattern = 1U << 20U;

/// The markings that STIX predefines, by the first block of their ids: TLP 1.0 of STIX 2.0 and 2.1, and
/// TLP 2.0.
constexpr std::array<std::pair<std::string_view, Tlp>, 9> kPredefinedMarkings { {
    { "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::clear },
    { "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::green },
    { "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", Tlp::amber },
    { "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::red },
    { "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", Tlp::clear },
    { "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Tlp::green },
    { "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", Tlp::amber },
    { "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp::amber_strict },
    { "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", Tlp::red },
} };

/// Orders the versions of an object.
struct Version {
    std::optional<Timestamp> modified;
    bool is_revoked = false;
    friend auto operator<=>(Version const&, Version const&) = default;
};

/// What the publisher takes an indicator for: `malicious-activity`, `benign` ...
std::vector<std::string_view> types_of(element object)
{
    std::vector<std::string_view> types;
    for (std::string_view const key : { "indicator_types", "labels" }) { // of STIX 2.1 and 2.0
        for_each_in(object, key, [&](element member) {
            std::string_view type;
            if (member.get(type) == simdjson::SUCCESS)
                types.push_back(type);
        });
        if (!types.empty())
            break;
    }
    return types;
}

class StixLoader {
public:
    explicit StixLoader(SetBuilder& builder)
        : m_builder(builder)
    {
        for (auto const& [id, tlp] : kPredefinedMarkings)
            m_markings.emplace(id, tlp);
    }

    void load(std::vector<element> const& objects)
    {
        for (auto const object : objects)
            learn(object);
        for (auto const object : objects)
            learn_reports(object);
        describe_pack();
        for (auto const object : objects)
            if (text_at(object, "type") == "indicator")
                add(object);
    }

private:
    /// First pass: what has a name, what points where.
    void learn(element object)
    {
        auto const type = text_at(object, "type");
        auto const id = text_at(object, "id");
        if (type.empty())
            m_builder.add_problem(Reason::malformed_object, id, "an object without a type");
        else if (type == "identity")
            m_identities.emplace(id, text_at(object, "name"));
        else if (type == "marking-definition")
            learn_marking(object, id);
        else if (type == "relationship")
            m_relationships.emplace_back(text_at(object, "source_ref"), text_at(object, "target_ref"));
        else if (type == "indicator")
            learn_version(object, id);
        else if (auto const name = text_at(object, "name"); !name.empty())
            m_named.emplace(id, Name { name, type });
    }

    /// Several objects of one id are versions of it, and the one that was modified last is what holds.
    void learn_version(element object, std::string_view id)
    {
        if (id.empty())
            return;
        auto& newest = m_newest[id];
        newest = std::max(newest, version_of(object));
    }

    static Version version_of(element object)
    {
        auto const modified = time_at(object, "modified");
        return { modified ? modified : time_at(object, "created"), is_true(object, "revoked") };
    }

    void learn_marking(element object, std::string_view id)
    {
        std::string_view tlp;
        std::string_view statement;
        if (object["definition"]["tlp"].get(tlp) != simdjson::SUCCESS)
            tlp = text_at(object, "name");
        if (auto const level = tlp_named(tlp); level != Tlp::unmarked)
            m_markings.emplace(id, level);
        if (object["definition"]["statement"].get(statement) == simdjson::SUCCESS && m_statement.empty())
            m_statement = statement;
    }

    /// Second pass: reports name their indicators; relationships are resolved.
    void learn_reports(element object)
    {
        auto const type = text_at(object, "type");
        auto const id = text_at(object, "id");
        if (type != "report" && type != "grouping")
            return;
        auto const name = m_named.find(id);
        if (name == m_named.end())
            return;
        for_each_in(object, "object_refs", [&](element reference) {
            std::string_view target;
            if (reference.get(target) == simdjson::SUCCESS && target.starts_with("indicator--"))
                add_name(target, name->second);
        });
    }

    void add_name(std::string_view indicator, Name name)
    {
        auto& names = m_names[indicator];
        if (names.size() < kMostNames && std::ranges::find(names, name) == names.end())
            names.push_back(name);
    }

    void describe_pack()
    {
        for (auto const& [source, target] : m_relationships) {
            if (auto const named = m_named.find(target); named != m_named.end())
                add_name(source, named->second);
            else if (auto const other = m_named.find(source); other != m_named.end())
                add_name(target, other->second);
        }
        auto& pack = m_builder.pack();
        pack.licence = m_statement;
        // The first by id, so that the title does not depend on how the map is ordered.
        std::string_view first;
        for (auto const& [id, name] : m_named) {
            bool const whole = name.type == "report" || name.type == "malware" || name.type == "campaign";
            if (whole && (first.empty() || id < first)) {
                first = id;
                pack.title = name.text;
            }
        }
        if (m_identities.size() == 1)
            pack.source = m_identities.begin()->second;
    }

    void add(element object)
    {
        auto const id = text_at(object, "id");
        auto const pattern = text_at(object, "pattern");
        auto const language = text_at(object, "pattern_type");
        if (auto const reason = why_left_out(object, id))
            return m_builder.add_problem(*reason, id, pattern);
        if (!language.empty() && to_lower(language) != "stix")
            return m_builder.add_problem(Reason::pattern_language, id, language);
        if (pattern.empty())
            return m_builder.add_problem(Reason::malformed_object, id, "an indicator without a pattern");
        if (pattern.size() > kLongestPattern)
            return m_builder.add_problem(Reason::over_limit, id, "the pattern is too long");
        auto const parsed = parse_pattern(pattern);
        if (!parsed)
            return m_builder.add_problem(Reason::bad_pattern, id, describe(parsed.error(), pattern));
        auto raw = describe(object, id);
        auto const terms = terms_of(*parsed);
        for (auto const& term : terms.terms) {
            raw.kind = term.kind;
            raw.compare = term.compare;
            raw.value = term.value;
            m_builder.add(raw);
        }
        for (auto const& unusable : terms.unusable)
            m_builder.add_problem(unusable.reason, id, unusable.detail);
    }

    std::optional<Reason> why_left_out(element object, std::string_view id) const
    {
        auto const version = version_of(object);
        auto const newest = m_newest.find(id);
        auto const holds = newest == m_newest.end() ? version : newest->second;
        if (holds.is_revoked)
            return Reason::revoked;
        if (version < holds)
            return Reason::replaced;
        auto const types = types_of(object);
        bool const is_benign = !types.empty()
            && std::ranges::all_of(types, [](std::string_view type) { return type == "benign"; });
        return is_benign ? std::optional { Reason::not_for_detection } : std::nullopt;
    }

    static std::string describe(Error const& error, std::string_view pattern)
    {
        auto text = std::string { error.what } + " at byte " + std::to_string(error.at) + ": ";
        return text.append(pattern.substr(0, 120));
    }

    RawIndicator describe(element object, std::string_view id)
    {
        RawIndicator raw;
        raw.id = id;
        raw.created = time_at(object, "created");
        raw.valid_until = time_at(object, "valid_until");
        if (auto const identity = m_identities.find(text_at(object, "created_by_ref"));
            identity != m_identities.end())
            raw.source = identity->second;
        for_each_in(object, "object_marking_refs", [&](element reference) {
            std::string_view marking;
            if (reference.get(marking) != simdjson::SUCCESS)
                return;
            if (auto const known = m_markings.find(marking); known != m_markings.end())
                raw.tlp = std::max(raw.tlp, known->second);
        });
        if (auto const names = m_names.find(id); names != m_names.end())
            raw.names = names->second;
        auto const types = types_of(object);
        if (std::ranges::find(types, "anonymization") != types.end())
            raw.ambiguity = { Ambiguity::always,
                "Its publisher says that it serves anonymity: harmless people use it too." };
        return raw;
    }

    SetBuilder& m_builder;
    std::unordered_map<std::string_view, Name> m_named;
    std::unordered_map<std::string_view, std::string_view> m_identities;
    std::unordered_map<std::string_view, Tlp> m_markings;
    std::unordered_map<std::string_view, std::vector<Name>> m_names; ///< by indicator
    std::unordered_map<std::string_view, Version> m_newest; ///< likewise
    std::vector<std::pair<std::string_view, std::string_view>> m_relationships;
    std::string_view m_statement;
};

/// The objects of a bundle, of a list of objects, or the one object that the document is.
std::vector<element> objects_of(element document, SetBuilder& builder)
{
    std::vector<element> objects;
    auto const take = [&](element object) {
        if (object.is_object())
            objects.push_back(object);
        else
            builder.add_problem(Reason::malformed_object, {}, "something that is no object");
    };
    simdjson::dom::array list;
    if (document.get(list) == simdjson::SUCCESS) {
        for (auto const object : list)
            take(object);
    } else if (document["objects"].get(list) == simdjson::SUCCESS) {
        for (auto const object : list)
            take(object);
    } else if (text_at(document, "type") == "bundle") {
        builder.add_problem(Reason::malformed_object, text_at(document, "id"), "a bundle without objects");
    } else {
        take(document);
    }
    return objects;
}

} // namespace

void load_stix(SetBuilder& builder, std::string_view text)
{
    simdjson::dom::parser parser;
    element document;
    std::string salvaged;
    if (auto const error = parse_json(parser, text, document); error != simdjson::SUCCESS) {
        builder.add_problem(Reason::damaged_file, {}, simdjson::error_message(error));
        salvaged = salvage_objects(text);
        if (parse_json(parser, salvaged, document) != simdjson::SUCCESS)
            return;
    }
    StixLoader { builder }.load(objects_of(document, builder));
}

} // namespace exhibit::indicators
