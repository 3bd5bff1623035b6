#include "artifacts/common/plist_file.hpp"

#include "base/text.hpp"
#include "formats/plist/json.hpp"

#include <fmt/format.h>

namespace exhibit {

Result<PlistFile> open_plist(Input const& input, Context& context)
{
    auto content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    auto document = EXHIBIT_TRY(plist::Document::parse(content.bytes(), context.limits().depth));
    if (auto const damaged = document.damaged_values(); damaged != 0)
        context.note(Level::damage, Fault::malformed,
            fmt::format("{} damaged; the others were read",
                counted(damaged, "value of the property list is", "values of the property list are")));
    return PlistFile { std::move(content), std::move(document) };
}

std::string plist_json(plist::Value const& value, Context& context, Origin origin)
{
    auto json = plist::to_json(value, context.limits().text);
    if (!json.complete)
        context.note(Level::damage, Fault::over_limit,
            "a value is damaged or too large, and was not kept whole as JSON", origin);
    return std::move(json.text);
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

std::optional<bool> plist_flag(plist::Value const& value)
{
    if (auto const flag = value.as_bool())
        return flag;
    if (auto const real = value.as_real(); real && (*real == 0 || *real == 1))
        return *real == 1;
    if (auto const text = value.as_text(); text && (*text == "0" || *text == "1"))
        return *text == "1";
    return std::nullopt;
}

} // namespace exhibit
