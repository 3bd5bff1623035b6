#include "indicators/device_path.hpp"

#include "indicators/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace exhibit::indicators {
namespace {

struct SymbolicLink {
    std::string_view from;
    std::string_view to;
};

// iOS: /var, /etc and /tmp lead into /private; /tmp leads on to /private/var/tmp. Tools differ in
// whether they show /tmp or /private/tmp for it; all three are taken as one.
// Android: storage of the first user and the per-user view of /data/data.
constexpr std::array<SymbolicLink, 9> kLinks { {
    { "/var", "/private/var" },
    { "/etc", "/private/etc" },
    { "/tmp", "/private/var/tmp" },
    { "/private/tmp", "/private/var/tmp" },
    { "/sdcard", "/storage/emulated/0" },
    { "/mnt/sdcard", "/storage/emulated/0" },
    { "/storage/self/primary", "/storage/emulated/0" },
    { "/data/media/0", "/storage/emulated/0" },
    { "/data/user/0", "/data/data" },
} };

bool is_at_or_below(std::string_view path, std::string_view folder)
{
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Puts the target in the place of the link at the front, within the path's own buffer.
void follow(SymbolicLink const& link, std::string& path)
{
    if (link.to.size() < link.from.size()) {
        path.erase(link.to.size(), link.from.size() - link.to.size());
    } else {
        auto const old = path.size();
        path.resize(old + link.to.size() - link.from.size());
        std::copy_backward(path.begin() + static_cast<std::ptrdiff_t>(link.from.size()),
            path.begin() + static_cast<std::ptrdiff_t>(old), path.end());
    }
    std::ranges::copy(link.to, path.begin());
}

void append_segment(std::string_view segment, std::string& path)
{
    if (segment.empty() || segment == ".")
        return;
    if (segment == "..") {
        auto const slash = path.rfind('/');
        path.resize(slash == path.npos ? 0 : slash);
        return;
    }
    path += '/';
    path += segment;
}

void append_segments(std::string_view text, std::string& path)
{
    while (!text.empty()) {
        auto const slash = std::min(text.find('/'), text.size());
        append_segment(text.substr(0, slash), path);
        text.remove_prefix(std::min(slash + 1, text.size()));
    }
}

std::string decode_escapes(std::string_view text)
{
    std::string decoded;
    for (std::size_t at = 0; at != text.size(); ++at) {
        auto const byte = percent_byte(text, at);
        decoded += byte ? *byte : text[at];
        at += byte ? 2U : 0U;
    }
    return decoded;
}

} // namespace

bool read_device_path(std::string_view raw, std::string& path)
{
    path.clear();
    std::string decoded;
    if (raw.size() > 7 && equals_lowered(raw.substr(0, 7), "file://")) {
        auto const slash = raw.find('/', 7); // after `localhost`, or at once
        if (slash == raw.npos)
            return false;
        decoded = decode_escapes(raw.substr(slash));
        raw = decoded;
    }
    if (raw != "~" && !raw.starts_with('/') && !raw.starts_with("~/"))
        return false;
    if (raw.front() == '~') {
        path.append("/private/var/mobile");
        raw.remove_prefix(1);
    }
    append_segments(raw, path);
    for (auto const& link : kLinks) {
        if (is_at_or_below(path, link.from)) {
            follow(link, path);
            break;
        }
    }
    if (path.empty())
        path += '/';
    return true;
}

} // namespace exhibit::indicators
