#pragma once

#include <string_view>

/// The files under translations/, compiled in.
namespace exhibit::embedded {

extern std::string_view const kPoAr;
extern std::string_view const kPoAz;
extern std::string_view const kPoEs;
extern std::string_view const kPoFr;
extern std::string_view const kPoHy;
extern std::string_view const kPoRu;

} // namespace exhibit::embedded
