#include "formats/plist/archive_fields.hpp"

#include <algorithm>
#include <cstring>

namespace exhibit::plist {

ArchiveFields::ArchiveFields(std::span<std::string_view const> names, std::span<Object> found)
    : m_names(names)
    , m_found(found)
{
}

Result<void> ArchiveFields::read(Bytes archive)
{
    return find_known(archive) ? Result<void> {} : search(archive);
}

bool ArchiveFields::begins_with(Trailer const& archive, Beginning const& known)
{
    auto const& [objects, offsets, offset_width, reference_width] = archive.layout;
    auto const are_same = [&](std::size_t from, std::size_t to) {
        return std::memcmp(objects.data() + from, known.bytes.data() + from, to - from) == 0;
    };
    return archive.top == known.top && offset_width == known.offset_width
        && reference_width == known.reference_width && objects.size() >= known.bytes.size()
        && offsets.size() >= known.offsets.size() && are_same(0, known.values_at)
        && are_same(known.values_at + known.values_size, known.bytes.size())
        && std::memcmp(offsets.data(), known.offsets.data(), known.offsets.size()) == 0;
}

bool ArchiveFields::find_known(Bytes archive)
{
    static constexpr Object kNothing;
    if (m_known.empty())
        return false;
    auto const opened = Trailer::read(archive);
    if (!opened)
        return false;
    auto const known
        = std::ranges::find_if(m_known, [&](Beginning const& one) { return begins_with(*opened, one); });
    if (known == m_known.end())
        return false;
    auto const& layout = opened->layout;
    std::size_t const width = layout.reference_width;
    Object const root { {}, layout.objects.subspan(known->references_at, known->references_size),
        known->depth_left };
    auto const values = layout.objects.subspan(known->values_at, known->values_size);
    for (std::size_t i = 0; i != m_found.size(); ++i) {
        if (auto const& place = known->fields[i])
            root.step_into(m_found[i], layout, values.subspan(*place * width, width));
        else
            m_found[i] = kNothing;
    }
    m_form = Form::binary;
    return true;
}

Result<void> ArchiveFields::search(Bytes archive)
{
    m_searched = EXHIBIT_TRY(KeyedArchive::parse(archive));
    auto const& root = m_searched->root();
    std::vector<Value> values(m_names.size());
    root.stored().find_into(m_names, values);
    for (std::size_t i = 0; i != values.size(); ++i)
        m_found[i] = root.step_to(values[i]);
    m_form = m_searched->document().form();
    if (m_form == Form::binary && m_known.size() != kMostKnown)
        if (auto known = beginning_of(archive, *m_searched))
            m_known.push_back(*std::move(known));
    return {};
}

bool ArchiveFields::Reach::add(Bytes archive, Value const& value)
{
    if (value.kind() == Kind::absent || value.kind() == Kind::damaged)
        return false;
    auto const end = value.m_payload.data() + value.m_payload.size() - archive.data();
    bytes = std::max(bytes, static_cast<std::size_t>(end));
    objects = std::max(objects, value.object() + 1);
    return true;
}

std::optional<ArchiveFields::Beginning> ArchiveFields::beginning_of(
    Bytes archive, KeyedArchive const& opened) const
{
    auto const& list = opened.document().root();
    auto const [references, top] = list.find_all<2>({ "$objects", "$top" });
    auto const& root = opened.root().stored();
    auto const trailer = Trailer::read(archive);
    Beginning known;
    known.fields.resize(m_names.size());
    Reach reach;
    bool is_sound = trailer && root.kind() == Kind::dictionary && reach.add(archive, references);
    for (auto const* const dictionary : { &list, &top, &root }) {
        is_sound = is_sound && reach.add(archive, *dictionary);
        std::size_t place = 0;
        for (auto const& [key, value] : dictionary->entries()) {
            is_sound
                = is_sound && reach.add(archive, key) && (dictionary != &top || reach.add(archive, value));
            for (std::size_t i = 0; dictionary == &root && i != m_names.size(); ++i)
                if (!known.fields[i] && key.is_text(m_names[i]))
                    known.fields[i] = place;
            ++place;
        }
    }
    if (!is_sound)
        return std::nullopt;
    auto const& layout = trailer->layout;
    auto const bytes = archive.first(reach.bytes);
    auto const offsets = layout.offsets.first(static_cast<std::size_t>(reach.objects) * layout.offset_width);
    known.bytes.assign(bytes.begin(), bytes.end());
    known.offsets.assign(offsets.begin(), offsets.end());
    known.top = trailer->top;
    known.offset_width = layout.offset_width;
    known.reference_width = layout.reference_width;
    known.references_at = static_cast<std::size_t>(references.m_payload.data() - archive.data());
    known.references_size = references.m_payload.size();
    known.values_size = root.m_payload.size() / 2;
    known.values_at = static_cast<std::size_t>(root.m_payload.data() - archive.data()) + known.values_size;
    known.depth_left = opened.root().depth_left();
    return known;
}

} // namespace exhibit::plist
