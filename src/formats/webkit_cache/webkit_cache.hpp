#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Records of WebKit's own cache on disk (`NetworkCache/Version N/Records`): what is known of one answer,
/// then the answer's header in a form that changes between versions, then its content where that is small.
/// The form is that of WebKit's public sources (NetworkCacheStorage, NetworkCacheKey, WTF's persistence).
namespace exhibit::webkit_cache {

struct Key {
    std::string partition; ///< the site on whose behalf it was loaded; empty on systems that do not split
    std::string type; ///< `Resource`, `SubResources` and so on
    std::string identifier; ///< of these two the address, without what follows `#`
    std::string range; ///< of bytes that were asked for; mostly empty
};

struct Record {
    std::uint32_t version = 0;
    Key key;
    double stored = 0; ///< seconds since 1970 UTC
    std::uint64_t body_size = 0;
    bool body_inline = false; ///< else it lies in a file beside it, with `-blob` behind the name
    bool has_partition_hash = false; ///< in every key, since WebKit of 2017
    bool has_real_times = false; ///< likewise; before, in whole milliseconds
    Bytes header; ///< as much of it as there is
    Bytes body; ///< likewise; empty where it lies beside
};

/// A part that a page loaded, in the header of a record of type `SubResources`.
struct Part {
    Key key;
    std::optional<double> last_seen; ///< seconds since 1970 UTC; where `has_real_times`
    std::optional<double> first_seen;
};

struct Parts {
    std::vector<Part> parts;
    bool cut = false; ///< the header is so wrong that reading it was given up
};

/// Reads a record whose checksum says that it was understood. `unsupported` when none of the known forms has
/// it: another form or damage.
Result<Record> read(Bytes content);

/// The parts of a page. What stands between two of them differs between versions and is passed over.
Parts parts_of(Record const&);

} // namespace exhibit::webkit_cache
