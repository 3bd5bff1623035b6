#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace exhibit::media {

/// What a filter held, and how many bytes of the data were looked at for it.
struct Unfiltered {
    std::vector<std::byte> bytes;
    std::size_t used = 0;
};

/// Undoes a filter of PDF streams as far as the data goes, and makes no more than about `most` bytes. Nothing
/// for filters that make pictures and for unknown ones. `name` has no `/`.
std::optional<Unfiltered> undo_pdf_filter(std::string_view name, Bytes data, std::size_t most);

} // namespace exhibit::media
