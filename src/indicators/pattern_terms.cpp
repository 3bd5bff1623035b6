#include "indicators/pattern_terms.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace exhibit::indicators {
namespace {

/// `hashes.'SHA-256'` and its spellings: without case, quotes and hyphens.
std::optional<Kind> hash_kind(std::string_view step)
{
    std::string name;
    for (char const c : to_lower(step))
        if (c != '-' && c != '_')
            name += c;
    if (name == "md5")
        return Kind::md5;
    if (name == "sha1")
        return Kind::sha1;
    if (name == "sha256")
        return Kind::sha256;
    return std::nullopt;
}

struct PropertyKind {
    std::string_view path; ///< without list indices
    Kind kind;
};

// `app`, `android-property`, `configuration-profile`, `process:name` and `file:path` are no STIX
// objects or properties: they are the dialect of the packs published for phones.
constexpr std::array<PropertyKind, 30> kProperties { {
    { "domain-name:value", Kind::domain },
    { "hostname:value", Kind::domain },
    { "ipv4-addr:value", Kind::ip },
    { "ipv6-addr:value", Kind::ip },
    { "domain-name:resolves_to_refs.value", Kind::ip },
    { "network-traffic:dst_ref.value", Kind::domain },
    { "network-traffic:src_ref.value", Kind::domain },
    { "url:value", Kind::url },
    { "email-addr:value", Kind::email },
    { "email-message:from_ref.value", Kind::email },
    { "email-message:sender_ref.value", Kind::email },
    { "user-account:account_login", Kind::account },
    { "user-account:user_id", Kind::account },
    { "phone-number:value", Kind::phone },
    { "x-phone-number:value", Kind::phone },
    { "process:name", Kind::process },
    { "process:image_ref.name", Kind::process },
    { "process:binary_ref.name", Kind::process },
    { "file:name", Kind::file_name },
    { "file:path", Kind::file_path },
    { "directory:path", Kind::file_path },
    { "file:parent_directory_ref.path", Kind::file_path },
    { "app:id", Kind::app_id },
    { "app:package_name", Kind::app_id },
    { "app:cert.md5", Kind::cert_hash },
    { "app:cert.sha1", Kind::cert_hash },
    { "app:cert.sha256", Kind::cert_hash },
    { "configuration-profile:id", Kind::profile_id },
    { "android-property:name", Kind::property_name },
    { "mobile-app:id", Kind::app_id },
} };

std::string path_of(Comparison const& comparison)
{
    auto path = comparison.object + ':';
    for (std::size_t i = 0; i != comparison.steps.size(); ++i) {
        if (!comparison.steps[i].starts_with('['))
            path += (i == 0 ? "" : ".") + comparison.steps[i];
    }
    return path;
}

std::optional<Kind> kind_of(Comparison const& comparison)
{
    auto const& steps = comparison.steps;
    if (steps.size() == 2 && comparison.object == "file" && steps[0] == "hashes")
        return hash_kind(steps[1]);
    if (steps.size() == 2 && comparison.object == "app" && (steps[0] == "cert" || steps[0] == "certificate"))
        return hash_kind(steps[1]) ? std::optional { Kind::cert_hash } : std::nullopt;
    auto const path = path_of(comparison);
    for (auto const& property : kProperties)
        if (property.path == path)
            return property.kind;
    return std::nullopt;
}

/// `..._ref.type = 'ipv4-addr'` says only what the value's shape says anyway.
bool only_tells_type(Comparison const& comparison)
{
    return comparison.op == Operator::equal && !comparison.negated && comparison.steps.size() == 2
        && comparison.steps[0].ends_with("_ref") && comparison.steps[1] == "type";
}

class Evaluator {
public:
    explicit Evaluator(Pattern const& pattern)
        : m_pattern(pattern)
    {
    }

    PatternTerms run()
    {
        // Children come before their parents, so a walk down from the root meets each node once.
        std::vector<std::size_t> open { m_pattern.nodes.size() - 1 };
        while (!open.empty()) {
            auto const& node = m_pattern.nodes[open.back()];
            open.pop_back();
            visit(node, open);
        }
        return std::move(m_result);
    }

private:
    using Type = PatternNode::Type;

    void visit(PatternNode const& node, std::vector<std::size_t>& open)
    {
        switch (node.type) {
        case Type::comparison:
            use(m_pattern.comparisons[node.comparison]);
            break;
        case Type::all_of:
            conjunction(node);
            break;
        case Type::any_of:
        case Type::observations_or:
        case Type::within: // One observation lies within any span of time.
            open.insert(open.end(), node.children.rbegin(), node.children.rend());
            break;
        case Type::observations_and:
            refuse(Reason::sequence, "AND");
            break;
        case Type::followed_by:
            refuse(Reason::sequence, "FOLLOWEDBY");
            break;
        case Type::repeats:
            refuse(Reason::qualifier, "REPEATS");
            break;
        case Type::start_stop:
            refuse(Reason::qualifier, "START");
            break;
        }
    }

    void refuse(Reason reason, std::string detail)
    {
        m_result.unusable.push_back({ reason, std::move(detail) });
    }

    void use(Comparison const& comparison)
    {
        auto const path = path_of(comparison);
        auto kind = kind_of(comparison);
        if (!kind)
            return refuse(Reason::property, path);
        if (comparison.op == Operator::is_subset && comparison.object == "network-traffic")
            kind = Kind::ip; // only addresses are parts of networks
        if (comparison.negated || comparison.op == Operator::not_equal)
            return refuse(Reason::negation, path);
        auto const test = test_of(comparison, *kind);
        if (!test)
            return refuse(Reason::comparison, path);
        for (auto const& value : comparison.values) {
            if (value.type == Literal::Type::text)
                m_result.terms.push_back({ *kind, *test, value.text });
            else
                refuse(Reason::literal, path);
        }
    }

    static std::optional<Compare> test_of(Comparison const& comparison, Kind kind)
    {
        switch (comparison.op) {
        case Operator::equal:
        case Operator::in:
            return Compare::equal;
        case Operator::like:
            return Compare::like;
        case Operator::matches:
            return Compare::regex;
        case Operator::is_subset:
            return kind == Kind::ip ? std::optional { Compare::equal } : std::nullopt;
        default:
            return std::nullopt;
        }
    }

    /// An AND can be used where it comes to one value of one row: a file told by its hashes, a
    /// folder with a name, a value beside its type.
    void conjunction(PatternNode const& node)
    {
        std::vector<Comparison const*> parts;
        for (auto const child : node.children) {
            auto const& inner = m_pattern.nodes[child];
            if (inner.type != Type::comparison)
                return refuse(Reason::conjunction, "AND");
            auto const& comparison = m_pattern.comparisons[inner.comparison];
            if (!only_tells_type(comparison))
                parts.push_back(&comparison);
        }
        if (parts.size() == 1)
            return use(*parts.front());
        if (auto const* hash = strongest_hash(parts);
            hash != nullptr && std::ranges::all_of(parts, is_file_property))
            return use(*hash);
        if (parts.size() == 2
            && (use_folder_and_name(*parts[0], *parts[1]) || use_folder_and_name(*parts[1], *parts[0])))
            return;
        refuse(Reason::conjunction, words_for(parts));
    }

    static bool is_file_hash(Comparison const* comparison)
    {
        return is_file_property(comparison) && comparison->steps[0] == "hashes"
            && kind_of(*comparison).has_value();
    }

    static bool is_file_property(Comparison const* comparison)
    {
        return comparison->object == "file" && comparison->op == Operator::equal && !comparison->negated;
    }

    /// All are of one file, so its strongest hash says it all; nothing where there is none.
    static Comparison const* strongest_hash(std::vector<Comparison const*> const& parts)
    {
        Comparison const* strongest = nullptr;
        for (auto const* part : parts)
            if (is_file_hash(part) && (strongest == nullptr || *kind_of(*strongest) < *kind_of(*part)))
                strongest = part;
        return strongest;
    }

    static bool is_plain_equality(Comparison const& comparison, std::string_view path)
    {
        return comparison.op == Operator::equal && !comparison.negated && path_of(comparison) == path
            && comparison.values.front().type == Literal::Type::text;
    }

    bool use_folder_and_name(Comparison const& folder, Comparison const& name)
    {
        if (!is_plain_equality(folder, "file:parent_directory_ref.path")
            || !is_plain_equality(name, "file:name"))
            return false;
        auto path = folder.values.front().text;
        if (!path.ends_with('/'))
            path += '/';
        m_result.terms.push_back({ Kind::file_path, Compare::equal, path + name.values.front().text });
        return true;
    }

    static std::string words_for(std::vector<Comparison const*> const& parts)
    {
        std::string words;
        for (auto const* part : parts) {
            if (words.size() > 200)
                return words + " ...";
            words += (words.empty() ? "" : " AND ") + path_of(*part);
        }
        return words.empty() ? "AND" : words;
    }

    Pattern const& m_pattern;
    PatternTerms m_result;
};

} // namespace

PatternTerms terms_of(Pattern const& pattern)
{
    if (pattern.nodes.empty())
        return {};
    return Evaluator { pattern }.run();
}

} // namespace exhibit::indicators
