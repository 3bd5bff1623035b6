#include "artifacts/ios/common/safari_time.hpp"

namespace exhibit::ios {
namespace {

constexpr double kSecondsTo2001 = 978307200;
constexpr double kNanoseconds = 1e14; ///< larger values count nanoseconds

bool counts_from_1970(double stored)
{
    return stored > kSecondsTo2001 && stored < kNanoseconds;
}

} // namespace

Time safari_time(Time const& stored)
{
    if (auto const* number = std::get_if<std::int64_t>(&stored.raw);
        number != nullptr && counts_from_1970(static_cast<double>(*number)))
        return Time::unix_seconds(*number);
    if (auto const* real = std::get_if<double>(&stored.raw); real != nullptr && counts_from_1970(*real))
        return Time::unix_seconds(*real);
    return stored;
}

std::string_view safari_profile(std::string_view path)
{
    constexpr std::string_view folder = "/Safari/Profiles/";
    auto const at = path.find(folder);
    if (at == std::string_view::npos)
        return {};
    auto const name = path.substr(at + folder.size());
    return name.substr(0, name.find('/'));
}

} // namespace exhibit::ios
