#include "artifacts/android/common/xml_file.hpp"

#include "artifacts/android/common/text.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace exhibit::android {

Result<void> for_each_element(
    Input const& input, Context& context, std::function<Result<void>(XmlElement const&, Origin)> const& visit)
{
    auto const content = EXHIBIT_TRY(read_all(*input.source, context.limits().whole_file));
    bool visitor_failed = false;
    std::uint64_t seen = 0;
    auto const read = for_each_element_of(
        content.bytes(), context.limits().depth, [&](XmlElement const& element) -> Result<void> {
            auto result = ++seen % 4096 == 0 && context.stop().stop_requested()
                ? Result<void> { fail(Fault::cancelled, "cancelled") }
                : visit(element, Origin { element.offset });
            visitor_failed = !result;
            return result;
        });
    if (read || visitor_failed || seen == 0)
        return read;
    context.note(Level::damage, read.error());
    return {};
}

std::optional<std::string> text_of(XmlElement const& element, std::string_view name)
{
    return element.attribute(name).transform([](auto text) { return std::string { text }; });
}

std::optional<std::int64_t> integer_of(XmlElement const& element, std::string_view name)
{
    return to_integer(element.attribute(name).value_or(""));
}

std::optional<bool> flag_of(XmlElement const& element, std::string_view name)
{
    return to_flag(element.attribute(name).value_or(""));
}

std::optional<std::string> encoded_text_of(XmlElement const& element, std::string_view name)
{
    auto const encoded = element.attribute(fmt::format("{}Base64", name));
    if (!encoded)
        return text_of(element, name);
    auto const bytes = from_base64(*encoded);
    return bytes ? from_utf16be(as_text(*bytes)) : std::string { *encoded };
}

Time millis_text(std::string_view stored, std::int64_t millis)
{
    auto time = Time::unix_millis(millis);
    time.raw = std::string { stored };
    return time;
}

Time time_of(XmlElement const& element, std::string_view name)
{
    auto const stored = element.attribute(name);
    auto const millis = to_integer(stored.value_or(""));
    return millis && *millis > 0 ? millis_text(*stored, *millis) : Time {};
}

Time hex_time_of(XmlElement const& element, std::string_view name)
{
    auto const stored = element.attribute(name);
    auto const millis = to_hex_integer(stored.value_or(""));
    return millis && *millis != 0 ? millis_text(*stored, static_cast<std::int64_t>(*millis)) : Time {};
}

std::int64_t user_of_path(std::string_view path)
{
    while (!path.empty())
        if (auto const number = to_integer(take_until(path, '/')); number && *number >= 0)
            return *number;
    return 0;
}

} // namespace exhibit::android
