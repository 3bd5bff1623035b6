#pragma once

#include "support/plist_builder.hpp"

#include <string>

namespace exhibit::test {

struct DatabaseFiles {
    std::string main;
    std::string wal;
};

/// Runs SQL in a new database of 1 KB pages; `logged`, when not empty, in WAL mode after it. Failing SQL
/// throws. What it may call is said in support/fixture.hpp.
DatabaseFiles build_database(std::string const& sql, std::string const& logged);

/// A property list from XML, with or without the element `plist` around it.
Plist plist_from_xml(std::string const& xml);

/// The same content as a keyed archive.
Plist archive_of(Plist const& content);

} // namespace exhibit::test
