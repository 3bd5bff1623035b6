#include "acquisition/android/assembly.hpp"

#include "acquisition/android/device_facts.hpp"

namespace exhibit::android {

namespace {

constexpr unsigned kHandleBits = 48; // Above them stands the number of the part.

std::uint64_t own_handle(Entry const& entry)
{
    return entry.handle & ((std::uint64_t { 1 } << kHandleBits) - 1);
}

} // namespace

void Assembly::warn(Fault fault, std::string message, std::string stored)
{
    problems.push_back({ fault, std::move(message), std::move(stored), 1, true });
}

void Assembly::lose(Fault fault, std::string message, std::string stored)
{
    problems.push_back({ fault, std::move(message), std::move(stored), 1, true, true });
}

void Assembly::tell(Fault fault, std::string message, std::string stored)
{
    problems.push_back({ fault, std::move(message), std::move(stored), 1, false });
}

std::string AndroidAcquisition::description() const
{
    return describe(m_assembly.what, m_assembly.facts, m_assembly.form);
}

std::vector<Fact> AndroidAcquisition::facts() const
{
    auto facts = m_assembly.facts;
    facts.push_back({ "container.form", m_assembly.form });
    return facts;
}

Result<void> AndroidAcquisition::visit(EntryVisitor const& visitor) const
{
    std::uint64_t number = 0;
    for (auto const& part : m_assembly.parts) {
        auto const first = number++ << kHandleBits;
        auto const more = EXHIBIT_TRY(part->visit([&](EntryView view) {
            view.handle |= first;
            return visitor(view);
        }));
        if (!more)
            break;
    }
    return {};
}

Result<std::unique_ptr<Source>> AndroidAcquisition::open(Entry const& entry) const
{
    auto const number = entry.handle >> kHandleBits;
    if (number >= m_assembly.parts.size())
        return fail(Fault::missing, "the acquisition has no such file");
    return m_assembly.parts[static_cast<std::size_t>(number)]->open(own_handle(entry), entry.stored);
}

bool AndroidAcquisition::unpacks(Entry const& entry) const
{
    auto const number = entry.handle >> kHandleBits;
    return number < m_assembly.parts.size()
        && m_assembly.parts[static_cast<std::size_t>(number)]->unpacks(entry.stored);
}

bool AndroidAcquisition::is_cut(Entry const& entry) const
{
    auto const number = entry.handle >> kHandleBits;
    return number < m_assembly.parts.size()
        && m_assembly.parts[static_cast<std::size_t>(number)]->is_cut(own_handle(entry));
}

std::vector<Problem> AndroidAcquisition::problems() const
{
    auto problems = m_assembly.problems;
    for (auto const& part : m_assembly.parts)
        for (auto& problem : part->problems())
            problems.push_back(std::move(problem));
    return problems;
}

} // namespace exhibit::android
