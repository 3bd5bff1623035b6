#pragma once

#include "artifact/artifact.hpp"
#include "formats/plist/plist.hpp"

namespace exhibit {

/// An entry that was read whole as a property list.
struct PlistFile {
    Content content;
    plist::Document document;

    [[nodiscard]] plist::Value root() const { return document.root(); }
};

/// What of it is damaged is a diagnostic.
Result<PlistFile> open_plist(Input const&, Context&);

/// A value as JSON, for rules to look into. What is not whole of it is damage.
std::string plist_json(plist::Value const&, Context&, Origin);

/// A date, or a number of seconds since 2001 in its place, as some writers have it. Absent otherwise.
Time plist_time(plist::Value const&);

/// Yes or no, also as the 1 or 0 that tools and older systems write, as a number or a digit.
std::optional<bool> plist_flag(plist::Value const&);

} // namespace exhibit
