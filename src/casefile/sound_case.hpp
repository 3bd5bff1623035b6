#pragma once

#include "casefile/database.hpp"

namespace exhibit::casefile {

/// Whether it is a name as tables, columns and files of exports have it: small letters, digits and `_`.
bool is_plain_name(std::string_view name);

/// Sees to it that what reads a case reads only what is stored in the file: in what somebody made of a case,
/// a table may be a view without end, a column may be computed, and a name may lead out of a folder. Fails
/// with `malformed` for such a case, and with `over_limit` for one that describes more tables than there can
/// be. A view of exhibit's own whose text is another than this version makes, as in cases of earlier ones, is
/// replaced in memory.
Result<void> make_safe_to_read(Database& database);

} // namespace exhibit::casefile
