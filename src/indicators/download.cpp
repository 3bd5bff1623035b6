#include "indicators/download.hpp"

#include "indicators/curl.hpp"

#include <array>
#include <memory>

namespace exhibit::indicators {
namespace {

using CurlUrl = std::unique_ptr<CURLU, decltype(Curl::url_cleanup)>;
using Transfer = std::unique_ptr<CURL, decltype(Curl::easy_cleanup)>;

struct Body {
    std::string text;
    std::size_t limit = 0;
    std::stop_token stop;
    bool too_large = false;
};

std::string part_of(Curl const& curl, CURLU* url, CURLUPart part)
{
    char* text = nullptr;
    if (curl.url_get(url, part, &text, 0) != CURLUE_OK)
        return {};
    std::string copy { text };
    curl.free(text);
    return copy;
}

CurlUrl parse(Curl const& curl, std::string const& text)
{
    CurlUrl url { curl.url(), curl.url_cleanup };
    if (url == nullptr || curl.url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        return { nullptr, curl.url_cleanup };
    return url;
}

bool is_this_machine(std::string_view host)
{
    return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

std::size_t receive(char* data, std::size_t, std::size_t size, void* into)
{
    auto& body = *static_cast<Body*>(into);
    if (size > body.limit - body.text.size()) {
        body.too_large = true;
        return 0;
    }
    body.text.append(data, size);
    return size;
}

int progress(void* into, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Body*>(into)->stop.stop_requested() ? 1 : 0;
}

/// Why a transfer failed, and what to do about it.
struct Cause {
    std::string_view what;
    std::string_view advice;
};

Cause cause_of(CURLcode outcome)
{
    switch (outcome) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return { "the server's name is not known",
            "check the network; behind a proxy, set the variable https_proxy" };
    case CURLE_COULDNT_CONNECT:
        return { "no connection to the server could be made",
            "check the network and its firewall; behind a proxy, set the variable https_proxy" };
    case CURLE_OPERATION_TIMEDOUT:
        return { "the transfer took too long", "check the network, or try again later" };
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return { "the server could not prove who it is",
            "check the clock of this machine, and whether a proxy opens encrypted connections" };
    case CURLE_UNSUPPORTED_PROTOCOL:
        return { "the server leads to an address without https, and only https is followed",
            "name the file's own https address" };
    case CURLE_TOO_MANY_REDIRECTS:
        return { "the server leads from address to address", "name the file's own address" };
    default:
        return { "the transfer failed", "check the network, or try again later" };
    }
}

Cause cause_of(long status)
{
    if (status == 404 || status == 410)
        return { "the server does not have the file", "check the address" };
    if (status == 401 || status == 403 || status == 407)
        return { "the server, or a proxy before it, refuses to give the file",
            "check the address, and whether a proxy wants a password" };
    if (status == 429 || status >= 500)
        return { "the server cannot give the file now", "try again later" };
    return { "the server did not give the file", "check the address" };
}

void configure(Curl const& curl, CURL* transfer, std::string const& url, DownloadLimits const& limits,
    bool local, Body& body)
{
    auto const set = [&](CURLoption option, auto value) { curl.easy_setopt(transfer, option, value); };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, local ? "http" : "https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 5L);
    set(CURLOPT_CONNECTTIMEOUT, 20L);
    set(CURLOPT_TIMEOUT, static_cast<long>(limits.time.count()));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.bytes));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_USERAGENT, "exhibit");
    set(CURLOPT_WRITEFUNCTION, &receive);
    set(CURLOPT_WRITEDATA, &body);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &progress);
    set(CURLOPT_XFERINFODATA, &body);
    if (local)
        set(CURLOPT_NOPROXY, "*");
}

} // namespace

std::string origin_of(std::string const& url)
{
    auto const* const library = curl();
    if (library == nullptr)
        return {};
    auto const parsed = parse(*library, url);
    if (parsed == nullptr)
        return {};
    auto const scheme = part_of(*library, parsed.get(), CURLUPART_SCHEME);
    auto const host = part_of(*library, parsed.get(), CURLUPART_HOST);
    auto const port = part_of(*library, parsed.get(), CURLUPART_PORT);
    if ((scheme != "https" && scheme != "http") || host.empty())
        return {};
    return scheme + "://" + host + (port.empty() ? "" : ":" + port);
}

Result<std::string> Downloader::fetch(std::string const& url, DownloadLimits const& limits)
{
    m_detail.clear();
    m_advice = {};
    auto const* const library = curl();
    if (library == nullptr) {
        m_advice = "install libcurl 4";
        return fail(Fault::unsupported, "the network library is not installed");
    }
    auto const parsed = parse(*library, url);
    if (parsed == nullptr)
        return fail(Fault::unsupported, "the address is no URL");
    auto const scheme = part_of(*library, parsed.get(), CURLUPART_SCHEME);
    bool const local = scheme == "http" && m_local_http == LocalHttp::allowed
        && is_this_machine(part_of(*library, parsed.get(), CURLUPART_HOST));
    if (scheme != "https" && !local)
        return fail(Fault::unsupported, "only https addresses are fetched");
    Transfer const transfer { library->easy_init(), library->easy_cleanup };
    if (transfer == nullptr)
        return fail(Fault::io, "the network library cannot be started");
    Body body { {}, limits.bytes, m_stop, false };
    configure(*library, transfer.get(), url, limits, local, body);
    std::array<char, CURL_ERROR_SIZE> words {};
    library->easy_setopt(transfer.get(), CURLOPT_ERRORBUFFER, words.data());
    auto const outcome = library->easy_perform(transfer.get());
    if (m_stop.stop_requested())
        return fail(Fault::cancelled, "the transfer was cancelled");
    if (body.too_large || outcome == CURLE_FILESIZE_EXCEEDED)
        return fail(Fault::over_limit, "the file is larger than the limit");
    if (outcome != CURLE_OK) {
        auto const cause = cause_of(outcome);
        m_detail = url + ": " + (words.front() == '\0' ? library->easy_strerror(outcome) : words.data());
        m_advice = cause.advice;
        return fail(Fault::io, cause.what);
    }
    long status = 0;
    library->easy_getinfo(transfer.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        auto const cause = cause_of(status);
        m_detail = url + ": it answered " + std::to_string(status);
        m_advice = cause.advice;
        return fail(Fault::io, cause.what);
    }
    return std::move(body.text);
}

} // namespace exhibit::indicators
