#pragma once

#include "base/bytes.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// One element as it starts, whichever form of XML it was read from.
struct XmlElement {
    std::string_view name;
    std::vector<std::pair<std::string_view, std::string>> attributes;
    std::uint64_t offset = 0;
    std::size_t depth = 0; ///< 1 for the outermost
    std::string text; ///< what stands directly behind its start, where that is text

    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view wanted) const
    {
        for (auto const& [name_, value] : attributes)
            if (name_ == wanted)
                return value;
        return std::nullopt;
    }
};

/// Shows each element of an XML document, text or Android binary, in the order in which they start. Texts
/// behind the first child of an element are left out: the files of Android's services have none. Elements
/// before damage are shown.
Result<void> for_each_element_of(
    Bytes document, unsigned deepest, std::function<Result<void>(XmlElement const&)> const& visit);

} // namespace exhibit
