#pragma once

#include "base/result.hpp"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>

namespace exhibit::indicators {

/// Whether plain HTTP to this machine itself is accepted, as tests need it. Other hosts are never
/// contacted without TLS.
enum class LocalHttp : std::uint8_t { refused, allowed };

struct DownloadLimits {
    std::size_t bytes = 64U << 20U;
    std::chrono::seconds time { 120 }; ///< for the whole transfer
};

/// Fetches over HTTPS, with the system's certificates verified; redirects are followed to HTTPS only. Sends
/// nothing that tells about the machine, the user or the case.
class Downloader {
public:
    Downloader(LocalHttp local_http, std::stop_token stop)
        : m_local_http(local_http)
        , m_stop(std::move(stop))
    {
    }

    /// The body of a successful answer (200). Fails with `unsupported` for an address that is not allowed,
    /// `over_limit`, `cancelled`, or `io` for everything that goes wrong on the way.
    Result<std::string> fetch(std::string const& url, DownloadLimits const& limits);

    /// What went wrong with the last transfer, in more words than the error has: the address, and what the
    /// library or the server says.
    [[nodiscard]] std::string const& detail() const { return m_detail; }
    /// What to do about it.
    [[nodiscard]] std::string_view advice() const { return m_advice; }

private:
    LocalHttp m_local_http;
    std::stop_token m_stop;
    std::string m_detail;
    std::string_view m_advice;
};

/// `https://host:port` of a URL; empty when it has no such.
std::string origin_of(std::string const& url);

} // namespace exhibit::indicators
