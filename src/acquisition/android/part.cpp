#include "acquisition/android/part.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

namespace exhibit::android {

namespace {

std::string some_of(std::ranges::input_range auto&& names)
{
    constexpr std::size_t most = 10;
    std::string text;
    std::size_t count = 0;
    for (std::string_view const name : names)
        if (++count <= most)
            text.append(text.empty() ? "" : ", ").append(repair_utf8(name));
    return count > most ? text.append(" and ").append(std::to_string(count - most)).append(" more") : text;
}

} // namespace

Result<bool> FilesPart::visit(EntryVisitor const& visitor) const
{
    bool more = true;
    std::string stored;
    auto const skipped = m_place.folder.empty() ? 0 : m_place.folder.size() + 1;
    EXHIBIT_TRY(m_place.container->visit(m_place.folder, [&](Node const& node) {
        if (node.path.size() <= skipped)
            return true;
        auto const path = m_place.path_on_device(node.path.substr(skipped));
        if (path.empty())
            return true;
        stored.assign(m_place.before).append(node.path);
        EntryView view { path, stored, node.kind, node.size, node.modified, 0 };
        if (m_place.zip_clock || m_place.copied)
            view.modified.reset();
        if (m_place.zip_clock)
            view.wall_clock = node.wall_clock;
        more = visitor(view);
        return more;
    }));
    return more;
}

Result<std::unique_ptr<Source>> FilesPart::open(std::uint64_t, std::string_view stored) const
{
    if (!stored.starts_with(m_place.before))
        return fail(Fault::missing, "there is no such file");
    return m_place.container->open(stored.substr(m_place.before.size()));
}

bool FilesPart::unpacks(std::string_view stored) const
{
    return stored.starts_with(m_place.before)
        && m_place.container->unpacks(stored.substr(m_place.before.size()));
}

SectionsPart::SectionsPart(std::shared_ptr<Source const> text, DumpIndex index, std::string stored)
    : m_text(std::move(text))
    , m_index(std::move(index))
    , m_stored(std::move(stored))
{
}

std::size_t SectionsPart::leave_out(DumpIndex const& shown)
{
    return std::erase_if(
        m_index.sections, [&](Section const& section) { return shown.has_whole(section.path()); });
}

Result<bool> SectionsPart::visit(EntryVisitor const& visitor) const
{
    std::string stored;
    std::uint64_t handle = 0;
    for (auto const& section : m_index.sections) {
        auto const path = section.path();
        stored.assign(m_stored).append("#").append(path.substr(1));
        if (section.number != 1)
            stored.append(" (").append(std::to_string(section.number)).append(")");
        if (!visitor({ path, stored, EntryKind::file, section.size, {}, handle++ }))
            return false;
    }
    return true;
}

Result<std::unique_ptr<Source>> SectionsPart::open(std::uint64_t handle, std::string_view) const
{
    if (handle >= m_index.sections.size())
        return fail(Fault::missing, "there is no such section");
    return open_section(m_text, m_index.sections[static_cast<std::size_t>(handle)]);
}

bool SectionsPart::is_cut(std::uint64_t handle) const
{
    return handle < m_index.sections.size() && m_index.sections[static_cast<std::size_t>(handle)].open;
}

std::vector<Problem> SectionsPart::problems() const
{
    std::vector<Problem> problems;
    std::map<std::string_view, std::size_t> counts; // What is dumped urgently is meant to come again.
    std::set<std::string_view> cut;
    for (auto const& section : m_index.sections) {
        if (section.service && !section.urgent)
            ++counts[section.name];
        if (section.cut)
            cut.insert(section.name);
    }
    std::erase_if(counts, [](auto const& one) { return one.second < 2; });
    if (!counts.empty())
        problems.push_back({ Fault::malformed,
            "services come more than once in the dump, each was examined; a text within another section can "
            "look like one: "
                + some_of(counts | std::views::keys),
            m_stored, 1, false });
    if (!cut.empty())
        problems.push_back({ Fault::truncated,
            "services refused or did not finish their dump, or the text ends within it: " + some_of(cut),
            m_stored, 1, false });
    if (m_index.too_many)
        problems.push_back({ Fault::over_limit,
            "the dump has more sections, or parts of one, than are examined", m_stored, 1, true, true });
    return problems;
}

std::string SectionsPart::text_of(std::string_view path, std::size_t most) const
{
    auto const* const section = m_index.find(path);
    if (section == nullptr)
        return {};
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(section->size, most)), '\0');
    auto const count = open_section(m_text, *section)->read_at(0, std::as_writable_bytes(std::span { text }));
    text.resize(count.value_or(0));
    return text;
}

} // namespace exhibit::android
