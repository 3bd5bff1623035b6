// Links are parts of the text, in order, not overlapping; what the matcher finds in prose it also finds in
// the link alone; canonical forms are fixed points.
#include "indicators/ascii.hpp"
#include "indicators/device_path.hpp"
#include "indicators/links.hpp"
#include "indicators/matcher.hpp"
#include "indicators/url.hpp"

#include <algorithm>
#include <cstdlib>

using namespace exhibit;
using namespace exhibit::indicators;

namespace {

void demand(bool holds)
{
    if (!holds)
        std::abort();
}

IndicatorSet make_set()
{
    SetBuilder builder;
    builder.begin_pack({});
    for (auto const& [kind, value] :
        std::initializer_list<std::pair<Kind, std::string_view>> { { Kind::domain, "a.b" },
            { Kind::domain, "xn--bcher-kva.de" }, { Kind::email, "a@b.cd" }, { Kind::ip, "1.2.3.4" },
            { Kind::ip, "1.2.0.0/16" }, { Kind::url, "http://a.bc/d?e#f" }, { Kind::file_path, "/tmp/a" },
            { Kind::process, "a-long-process-name" }, { Kind::phone, "12345" } }) {
        RawIndicator raw;
        raw.kind = kind;
        raw.value = value;
        builder.add(raw);
    }
    return builder.build();
}

void check_links(std::string_view text)
{
    LinkFinder finder { text };
    Link link;
    auto const* from = text.data();
    while (finder.next(link)) {
        demand(!link.text.empty() && link.text.data() >= from
            && link.text.data() + link.text.size() <= text.data() + text.size());
        from = link.text.data() + link.text.size();
        auto const core = ascii_core(link);
        demand(core.empty() || (core.data() >= link.text.data() && core.data() + core.size() <= from));
        demand(std::ranges::all_of(core, is_ascii));
    }
}

void check_canonical_forms(std::string_view text)
{
    Url url;
    if (read_url(text, url) && url.has_host) {
        Url again;
        // A key without a scheme reads as the same URL.
        demand(read_url(url.key, again) && again.key == url.key);
        demand(again.host.name == url.host.name && again.host.address == url.host.address);
    }
    std::string path;
    if (read_device_path(text, path)) {
        std::string again;
        demand(path.starts_with('/') && read_device_path(path, again) && again == path);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static Matcher matcher { make_set() };
    std::string_view const text { reinterpret_cast<char const*>(data), size };
    check_links(text);
    check_canonical_forms(text);
    for (auto is = 0; is <= static_cast<int>(Is::property_name); ++is) {
        auto const count = matcher.set().indicators().size();
        for (auto const& match : matcher.match(static_cast<Is>(is), text)) {
            demand(match.indicator < count);
            demand(match.part.data() >= text.data()
                && match.part.data() + match.part.size() <= text.data() + size);
        }
    }
    return 0;
}
