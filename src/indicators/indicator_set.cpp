#include "indicators/indicator_set.hpp"

#include "indicators/ascii.hpp"
#include "indicators/canonical_pattern.hpp"
#include "indicators/index.hpp"
#include "indicators/known_hosts.hpp"
#include "indicators/registers.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kMostIndicators = 20'000'000;
constexpr std::size_t kMostProblems = 100'000; // kept in full; more are counted on their pack
constexpr std::size_t kLongestDetail = 256;

LetterCase letter_case_of(Space space)
{
    bool const sensitive
        = space == Space::process || space == Space::file_name || space == Space::path || space == Space::url;
    return sensitive ? LetterCase::sensitive : LetterCase::ignored;
}

bool is_ipv6(CanonicalValue const& value)
{
    if (value.space != Space::address)
        return false;
    if (value.network)
        return !value.network->address.is_v4();
    Address address;
    std::ranges::copy(value.key, reinterpret_cast<char*>(address.bytes.data()));
    return !address.is_v4();
}

} // namespace

/// Keeps text at fixed addresses, packed into large blocks.
class TextArena {
public:
    std::string_view keep(std::string_view text)
    {
        if (text.empty())
            return {};
        if (text.size() > kBlock / 4) {
            auto& own = m_blocks.emplace_front(std::make_unique<char[]>(text.size()));
            std::ranges::copy(text, own.get());
            return { own.get(), text.size() };
        }
        if (text.size() > m_left) {
            m_next = m_blocks.emplace_back(std::make_unique<char[]>(kBlock)).get();
            m_left = kBlock;
        }
        auto* const at = m_next;
        std::ranges::copy(text, at);
        m_next += text.size();
        m_left -= text.size();
        return { at, text.size() };
    }

private:
    static constexpr std::size_t kBlock = 1U << 18U;
    std::deque<std::unique_ptr<char[]>> m_blocks;
    char* m_next = nullptr;
    std::size_t m_left = 0;
};

struct IndicatorSet::Content {
    TextArena text;
    std::vector<Indicator> indicators;
    std::deque<std::vector<Name>> names; ///< of which indicators hold spans
    std::vector<Pack> packs;
    std::vector<Problem> problems;
    std::array<std::size_t, kKindCount> kinds {};
    std::array<std::size_t, kReasonCount> reasons {};
    Index index;
};

class SetBuilder::Work {
public:
    std::shared_ptr<IndicatorSet::Content> content = std::make_shared<IndicatorSet::Content>();

    void begin_pack(Pack pack)
    {
        content->packs.push_back(std::move(pack));
        m_last_names = {};
    }

    Pack& pack()
    {
        if (content->packs.empty())
            begin_pack({});
        return content->packs.back();
    }

    void add(RawIndicator const& raw)
    {
        auto& into = pack();
        if (content->indicators.size() == kMostIndicators)
            return add_problem(Reason::over_limit, raw.id, "too many indicators");
        auto const index = static_cast<std::uint32_t>(content->indicators.size());
        auto indicator = describe(raw);
        auto const entered = raw.compare == Compare::equal ? enter_value(indicator, raw, index)
                                                           : enter_pattern(indicator, raw, index);
        if (!entered)
            return;
        keep_text(indicator, raw);
        ++content->kinds[static_cast<std::size_t>(indicator.kind)];
        ++into.indicators;
        if (indicator.created && (!into.published || *into.published < *indicator.created))
            into.published = indicator.created;
        content->indicators.push_back(indicator);
    }

    void add_problem(Reason reason, std::string_view id, std::string_view detail)
    {
        ++content->reasons[static_cast<std::size_t>(reason)];
        ++pack().problems;
        if (content->problems.size() < kMostProblems)
            content->problems.push_back({ static_cast<std::uint32_t>(content->packs.size() - 1), reason,
                std::string { id.substr(0, kLongestDetail) },
                std::string { detail.substr(0, kLongestDetail) } });
    }

    void compile()
    {
        auto& index = content->index;
        for (std::size_t i = 0; i != kSpaceCount; ++i)
            index.tables[i] = KeyTable { std::exchange(m_entries[i], {}) };
        index.cut_processes = KeyTable { std::exchange(m_cut, {}) };
        index.networks = NetworkTable { std::exchange(m_networks, {}) };
    }

private:
    static Indicator describe(RawIndicator const& raw)
    {
        Indicator indicator;
        indicator.created = raw.created;
        indicator.valid_until = raw.valid_until;
        indicator.kind = indicator.published_as = raw.kind;
        indicator.compare = raw.compare;
        indicator.tlp = raw.tlp;
        indicator.ambiguity = raw.ambiguity.when;
        indicator.ambiguity_reason = raw.ambiguity.reason;
        return indicator;
    }

    /// What the register says of the value as it is compared.
    static void note_ambiguity(Indicator& indicator, RawIndicator const& raw, std::string_view key)
    {
        auto const written = trim(raw.value);
        auto ambiguity = ambiguity_of(indicator.kind, key);
        if (ambiguity.when == Ambiguity::none && written != key)
            ambiguity = ambiguity_of(raw.kind, written); // with its capital letters
        if (ambiguity.when == Ambiguity::none)
            return;
        indicator.ambiguity = ambiguity.when;
        indicator.ambiguity_reason = ambiguity.reason;
    }

    void refuse(RawIndicator const& raw, Error const& error)
    {
        auto const reason = error.fault == Fault::over_limit ? Reason::over_limit : Reason::bad_value;
        std::string detail { name_of(raw.kind) };
        detail.append(" ").append(raw.value.substr(0, kLongestDetail / 2)).append(": ").append(error.what);
        add_problem(reason, raw.id, detail);
    }

    /// Takes the value, or tells why not.
    bool enter_value(Indicator& indicator, RawIndicator const& raw, std::uint32_t index)
    {
        auto const canonical = canonical_value(raw.kind, raw.value);
        if (!canonical) {
            refuse(raw, canonical.error());
            return false;
        }
        indicator.kind = kind_of(*canonical, raw.kind);
        note_ambiguity(indicator, raw, canonical->key);
        enter(indicator, *canonical, index);
        return true;
    }

    void enter(Indicator& indicator, CanonicalValue const& canonical, std::uint32_t index)
    {
        content->index.has_ipv6 |= is_ipv6(canonical);
        if (canonical.network) {
            m_networks.push_back({ *canonical.network, index });
            return;
        }
        auto const key = content->text.keep(canonical.key);
        m_entries[static_cast<std::size_t>(canonical.space)].emplace_back(key, index);
        if (canonical.space == Space::host) {
            indicator.exact_only = shared_host(key) != SharedHost::no;
            content->index.has_international_hosts |= key.find("xn--") != key.npos;
        }
        if (canonical.space == Space::process) {
            for (auto const length : kCutLengths)
                if (key.size() > length)
                    m_cut.emplace_back(key.substr(0, length), index);
        }
    }

    /// Takes the pattern, or tells why not.
    bool enter_pattern(Indicator& indicator, RawIndicator const& raw, std::uint32_t index)
    {
        auto const pattern = canonical_pattern(raw.kind, raw.compare, raw.value);
        if (!pattern) {
            refuse(raw, pattern.error());
            return false;
        }
        auto const added = content->index.regexes[static_cast<std::size_t>(pattern->space)].add(
            pattern->expression, letter_case_of(pattern->space), index);
        if (added != RegexList::Added::yes) {
            add_problem(added == RegexList::Added::too_costly ? Reason::over_limit : Reason::bad_regex,
                raw.id, raw.value);
            return false;
        }
        content->index.has_ipv6 |= pattern->space == Space::address;
        if (pattern->space == Space::path)
            indicator.kind = Kind::file_path;
        note_ambiguity(indicator, raw, raw.value);
        return true;
    }

    void keep_text(Indicator& indicator, RawIndicator const& raw)
    {
        indicator.id = content->text.keep(raw.id);
        indicator.value = content->text.keep(raw.value);
        indicator.source = keep_once(raw.source);
        indicator.names = keep_names(raw.names);
        indicator.pack = static_cast<std::uint32_t>(content->packs.size() - 1);
    }

    std::string_view keep_once(std::string_view text)
    {
        if (auto const found = m_kept.find(text); found != m_kept.end())
            return *found;
        auto const kept = content->text.keep(text);
        m_kept.insert(kept);
        return kept;
    }

    /// Most indicators of a pack have the same names as the one before.
    std::span<Name const> keep_names(std::span<Name const> names)
    {
        auto const title = std::array { Name { content->packs.back().title, "pack" } };
        if (names.empty())
            names = title;
        if (std::ranges::equal(names, m_last_names))
            return m_last_names;
        auto& kept = content->names.emplace_back();
        for (auto const& name : names)
            kept.push_back({ keep_once(name.text), keep_once(name.type) });
        return m_last_names = kept;
    }

    std::array<std::vector<KeyTable::Entry>, kSpaceCount> m_entries;
    std::vector<KeyTable::Entry> m_cut;
    std::vector<NetworkTable::Entry> m_networks;
    std::unordered_set<std::string_view> m_kept;
    std::span<Name const> m_last_names;
};

NetworkTable::NetworkTable(std::vector<Entry> entries)
    : m_entries(std::move(entries))
{
    std::ranges::stable_sort(m_entries, {}, [](Entry const& entry) { return entry.network.bits; });
    for (auto first = m_entries.begin(); first != m_entries.end();) {
        auto const bits = first->network.bits;
        std::vector<KeyTable::Entry> keys;
        for (; first != m_entries.end() && first->network.bits == bits; ++first)
            keys.emplace_back(first->network.address.key(), first->indicator);
        m_groups.push_back({ bits, KeyTable { std::move(keys) } });
    }
}

IndicatorSet::IndicatorSet()
    : m_content(std::make_shared<Content>())
{
}

IndicatorSet::IndicatorSet(std::shared_ptr<Content const> content)
    : m_content(std::move(content))
{
}

std::span<Indicator const> IndicatorSet::indicators() const
{
    return m_content->indicators;
}

std::span<Pack const> IndicatorSet::packs() const
{
    return m_content->packs;
}

std::span<Problem const> IndicatorSet::problems() const
{
    return m_content->problems;
}

std::size_t IndicatorSet::count(Kind kind) const
{
    return m_content->kinds[static_cast<std::size_t>(kind)];
}

std::size_t IndicatorSet::count(Reason reason) const
{
    return m_content->reasons[static_cast<std::size_t>(reason)];
}

Index const& IndicatorSet::index() const
{
    return m_content->index;
}

SetBuilder::SetBuilder()
    : m_work(std::make_unique<Work>())
{
}

SetBuilder::SetBuilder(SetBuilder&&) noexcept = default;
SetBuilder& SetBuilder::operator=(SetBuilder&&) noexcept = default;
SetBuilder::~SetBuilder() = default;

void SetBuilder::begin_pack(Pack pack)
{
    m_work->begin_pack(std::move(pack));
}

Pack& SetBuilder::pack()
{
    return m_work->pack();
}

void SetBuilder::add(RawIndicator const& raw)
{
    m_work->add(raw);
}

void SetBuilder::add_problem(Reason reason, std::string_view id, std::string_view detail)
{
    m_work->add_problem(reason, id, detail);
}

std::size_t SetBuilder::size() const
{
    return m_work->content->indicators.size();
}

IndicatorSet SetBuilder::build()
{
    auto const work = std::exchange(m_work, std::make_unique<Work>());
    work->compile();
    return IndicatorSet { work->content };
}

} // namespace exhibit::indicators
