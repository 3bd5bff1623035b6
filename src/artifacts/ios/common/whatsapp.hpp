#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::ios {

/// The phone number of a WhatsApp account, `14155550100@s.whatsapp.net`, as `+14155550100`; nothing for a
/// group, for a broadcast list, and for a LID, which hides the number.
std::optional<std::string> whatsapp_phone(std::optional<std::string_view> account);

} // namespace exhibit::ios
