#include "artifacts/ios/common/device_path.hpp"

namespace exhibit::ios {
namespace {

int hex_digit(char c)
{
    auto const at
        = std::string_view { "0123456789abcdef" }.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string percent_decoded(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        bool const escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0
            && hex_digit(text[i + 2]) >= 0;
        out += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        i += escape ? 2 : 0;
    }
    return out;
}

} // namespace

std::string device_path(std::string_view stored)
{
    if (stored == "~" || stored.starts_with("~/"))
        return "/private/var/mobile" + std::string { stored.substr(1) };
    std::string path { stored };
    for (std::string_view const scheme : { "file://localhost/", "file:///" })
        if (stored.starts_with(scheme))
            path = percent_decoded(stored.substr(scheme.size() - 1));
    if (path == "/var" || path.starts_with("/var/") || path == "/etc" || path.starts_with("/etc/"))
        path.insert(0, "/private");
    return path;
}

} // namespace exhibit::ios
