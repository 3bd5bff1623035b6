#include "indicators/registers.hpp"

#include "indicators/embedded.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace exhibit::indicators {
namespace {

struct Entry {
    std::uint32_t kinds = 0; ///< a bit for each Kind
    std::string_view value; ///< without a final `*`
    AmbiguousValue meaning;
};

class Register {
public:
    /// Lines of tab-separated kinds, value, [when,] reason.
    enum class Columns : std::uint8_t { with_when, without_when };

    Register(std::string_view text, Columns columns)
    {
        for_each_line(text, [&](std::string_view line) {
            Entry entry;
            entry.kinds = kinds_in(take(line));
            entry.value = take(line);
            entry.meaning.when = columns == Columns::with_when ? when_named(take(line)) : Ambiguity::always;
            entry.meaning.reason = line;
            if (entry.value.ends_with('*')) {
                entry.value.remove_suffix(1);
                m_prefixes.push_back(entry);
            } else {
                m_values.emplace(entry.value, entry);
            }
        });
    }

    /// The longest value that `text` holds.
    [[nodiscard]] std::string_view find_in(std::string_view text) const
    {
        std::string_view found;
        for (auto const& [value, entry] : m_values)
            if (value.size() > found.size() && text.contains(value))
                found = value;
        return found;
    }

    [[nodiscard]] AmbiguousValue find(Kind kind, std::string_view value) const
    {
        auto const bit = 1U << static_cast<unsigned>(kind);
        while (value.size() > 1 && value.ends_with('/'))
            value.remove_suffix(1);
        auto const [first, last] = m_values.equal_range(value);
        for (auto entry = first; entry != last; ++entry)
            if ((entry->second.kinds & bit) != 0)
                return entry->second.meaning;
        for (auto const& entry : m_prefixes)
            if ((entry.kinds & bit) != 0 && value.starts_with(entry.value))
                return entry.meaning;
        return {};
    }

private:
    static std::string_view take(std::string_view& line)
    {
        auto const tab = std::min(line.find('\t'), line.size());
        auto const field = line.substr(0, tab);
        line.remove_prefix(std::min(tab + 1, line.size()));
        return field;
    }

    static std::uint32_t kinds_in(std::string_view names)
    {
        if (names == "*")
            return ~0U;
        std::uint32_t kinds = 0;
        while (!names.empty()) {
            auto const comma = std::min(names.find(','), names.size());
            if (auto const kind = kind_named(names.substr(0, comma)))
                kinds |= 1U << static_cast<unsigned>(*kind);
            names.remove_prefix(std::min(comma + 1, names.size()));
        }
        return kinds;
    }

    static Ambiguity when_named(std::string_view name)
    {
        for (auto const when : { Ambiguity::outside_network, Ambiguity::on_android, Ambiguity::as_file_name })
            if (name_of(when) == name)
                return when;
        return Ambiguity::always;
    }

    std::unordered_multimap<std::string_view, Entry> m_values;
    std::vector<Entry> m_prefixes;
};

} // namespace

AmbiguousValue ambiguity_of(Kind kind, std::string_view value)
{
    static Register const kEntries { embedded::kAmbiguousIndicators, Register::Columns::with_when };
    return kEntries.find(kind, value);
}

namespace {

Register const& refused_values()
{
    static Register const kEntries { embedded::kDoNotImport, Register::Columns::without_when };
    return kEntries;
}

} // namespace

std::optional<std::string_view> do_not_import_reason(Kind kind, std::string_view value)
{
    auto const found = refused_values().find(kind, value);
    return found.when == Ambiguity::none ? std::nullopt : std::optional { found.reason };
}

std::string_view do_not_import_in(std::string_view text)
{
    return refused_values().find_in(text);
}

} // namespace exhibit::indicators
