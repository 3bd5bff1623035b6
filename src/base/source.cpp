#include "base/source.hpp"

namespace exhibit {

Result<Content> read_all(Source const& source, std::size_t limit)
{
    if (source.size() > limit)
        return fail(Fault::over_limit, "file is larger than this reader takes", limit);
    if (auto const bytes = source.in_memory(); !bytes.empty())
        return Content { bytes };
    std::vector<std::byte> all(source.size());
    auto const count = EXHIBIT_TRY(source.read_at(0, all));
    all.resize(count);
    return Content { std::move(all) };
}

} // namespace exhibit
