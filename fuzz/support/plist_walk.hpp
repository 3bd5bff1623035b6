#pragma once

#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <cmath>
#include <cstdlib>
#include <vector>

namespace exhibit::fuzz {

inline void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// Checks what a value promises, without going down.
inline void check(plist::Value const& value, Bytes bytes)
{
    using plist::Kind;
    auto const kind = value.kind();
    require(kind != Kind::absent);
    auto const text = value.as_text();
    require(text.has_value() == (kind == Kind::text));
    require(!text || is_plain_utf8(*text));
    std::string scratch;
    require(value.as_text(scratch) == text);
    if (auto const content = value.as_data(); content && !content->empty() && !bytes.empty())
        require(content->data() >= bytes.data()
            && content->data() + content->size() <= bytes.data() + bytes.size());
    require(value.as_digits().has_value() == (kind == Kind::integer));
    if (auto const number = value.as_int())
        require(value.as_digits() == std::to_string(*number) && value.as_real().has_value());
    require(value.as_date().has_value() == (kind == Kind::date));
    require(value.as_uid().has_value() == (kind == Kind::uid));
    require(value.size() == 0 || kind == Kind::array || kind == Kind::set || kind == Kind::dictionary);
    require(bytes.empty() || value.size() <= bytes.size());
}

/// Visits up to a bounded number of values. `bytes`: what data must lie in, or empty.
inline void walk(plist::Value const& root, Bytes bytes)
{
    std::vector<plist::Value> open { root };
    for (unsigned visits = 0; !open.empty() && visits != 2000; ++visits) {
        auto const value = open.back();
        open.pop_back();
        check(value, bytes);
        for (auto const& element : value.elements()) {
            if (open.size() == 2000)
                break;
            require(element.depth_left() < value.depth_left());
            open.push_back(element);
        }
        for (auto const& [key, content] : value.entries()) {
            if (open.size() == 2000)
                break;
            check(key, bytes);
            open.push_back(content);
            // The first entry with a key is the one that is found.
            if (auto const name = key.as_text(); name && key.is_text(*name))
                require(static_cast<bool>(value.find(*name)));
        }
    }
}

} // namespace exhibit::fuzz
