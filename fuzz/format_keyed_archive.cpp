#include "formats/plist/json.hpp"
#include "formats/plist/keyed_archive.hpp"
#include "support/plist_walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Whatever the objects refer to, an archive ends: walked by hand and as JSON within its limit.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace exhibit;
    auto const archive = plist::KeyedArchive::parse({ reinterpret_cast<std::byte const*>(data), size });
    if (!archive)
        return 0;
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
