#include "formats/plist/archive_fields.hpp"
#include "formats/plist/json.hpp"
#include "formats/plist/keyed_archive.hpp"
#include "support/plist_walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

namespace {

/// What was learned from an archive answers as a search does.
void read_again(exhibit::Bytes bytes, exhibit::plist::Object const& root)
{
    using namespace exhibit;
    constexpr std::array<std::string_view, 3> names { "Size", "EncryptionKey", "NS.objects" };
    std::array<plist::Object, names.size()> found;
    plist::ArchiveFields fields { names, found };
    auto const searched = root.find_fields(names);
    for (int time = 0; time != 2; ++time) {
        fuzz::require(fields.read(bytes).has_value());
        for (std::size_t i = 0; i != names.size(); ++i)
            fuzz::require(
                found[i].kind() == searched[i].kind() && found[i].as_text() == searched[i].as_text());
    }
}

} // namespace

/// Whatever the objects refer to, an archive ends: walked by hand and as JSON within its limit.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const archive = plist::KeyedArchive::parse({ reinterpret_cast<std::byte const*>(data), size });
    if (!archive)
        return 0;
    read_again({ reinterpret_cast<std::byte const*>(data), size }, archive->root());
    constexpr std::size_t most = 10'000;
    fuzz::require(plist::to_json(archive->root(), most).text.size() <= most);
    fuzz::require(plist::to_json(archive->document().root(), most).text.size() <= most);
    std::vector<plist::Object> open { archive->root() };
    for (unsigned visits = 0; !open.empty() && visits != 500; ++visits) {
        auto const object = open.back();
        open.pop_back();
        auto const text = object.as_text();
        fuzz::require(!text || is_plain_utf8(*text));
        (void)object.class_name();
        auto const elements = object.elements();
        auto const entries = object.entries();
        fuzz::require(
            elements.size() <= size && entries.size() <= size && (elements.empty() || entries.empty()));
        for (auto const& element : elements)
            fuzz::require(element.depth_left() < object.depth_left());
        if (!elements.empty())
            open.insert(open.end(), { elements.front(), elements.back(), object.at(elements.size() / 2) });
        for (auto const& [key, value] : entries)
            if (open.size() < 500)
                open.push_back(value);
    }
    return 0;
}
