#include "artifacts/ios/common/whatsapp.hpp"

#include <algorithm>

namespace exhibit::ios {

std::optional<std::string> whatsapp_phone(std::optional<std::string_view> account)
{
    if (!account || !account->ends_with("@s.whatsapp.net"))
        return std::nullopt;
    // A device of an account has its number after a colon or a dot: `14155550100:12@s.whatsapp.net`.
    auto const end = std::ranges::find_if_not(*account, [](char c) { return c >= '0' && c <= '9'; });
    auto const digits = account->substr(0, static_cast<std::size_t>(end - account->begin()));
    bool const is_number
        = !digits.empty() && digits.size() <= 15 && (*end == ':' || *end == '.' || *end == '@');
    return is_number ? std::optional { '+' + std::string { digits } } : std::nullopt;
}

} // namespace exhibit::ios
