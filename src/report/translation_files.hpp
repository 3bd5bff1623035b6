#pragma once

#include <string_view>

/// The files under translations/, compiled in.
namespace exhibit::embedded {

extern std::string_view const po_ar;
extern std::string_view const po_az;
extern std::string_view const po_es;
extern std::string_view const po_fr;
extern std::string_view const po_hy;
extern std::string_view const po_ru;

} // namespace exhibit::embedded
