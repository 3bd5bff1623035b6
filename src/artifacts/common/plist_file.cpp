#include "artifacts/common/plist_file.hpp"

namespace exhibit {

Result<PlistFile> open_plist(Input const& input, Context const& context)
{
    auto content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    auto document = EXHIBIT_TRY(plist::Document::parse(content.bytes(), context.limits().depth));
    return PlistFile { std::move(content), std::move(document) };
}

Time plist_time(plist::Value const& value)
{
    if (auto date = value.as_date())
        return *std::move(date);
    if (value.kind() == plist::Kind::integer)
        return Time::mac(value.as_int().value_or(0));
    if (auto const seconds = value.as_real())
        return Time::mac(*seconds);
    return {};
}

} // namespace exhibit
