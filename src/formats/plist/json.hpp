#pragma once

#include "formats/plist/keyed_archive.hpp"
#include "formats/plist/plist.hpp"

#include <cstddef>
#include <string>

namespace exhibit::plist {

struct Json {
    std::string text; ///< always valid JSON
    /// Whether everything is in it. Not when values were damaged (they are `null`), or when the text
    /// would have grown beyond its limit: what does not fit is left out.
    bool complete = true;
};

/// A value as JSON, for artifacts that keep a whole dictionary. Data becomes base64, a date ISO text
/// (its raw number where it names no moment), a uid `{"CF$UID":n}`, a set an array; a real that is no
/// number becomes text. Keys keep their order, and those that occur twice do so here too.
Json to_json(Value const&, std::size_t most_bytes = Limits {}.text);

/// An archived object as JSON, references followed. An instance of a class that is no plain value
/// becomes an object whose first member is `"$class"`.
Json to_json(Object const&, std::size_t most_bytes = Limits {}.text);

} // namespace exhibit::plist
