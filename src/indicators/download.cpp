#include "indicators/download.hpp"

#include <array>
#include <curl/curl.h>
#include <memory>

namespace exhibit::indicators {
namespace {

using CurlUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;
using Transfer = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

struct Body {
    std::string text;
    std::size_t limit = 0;
    std::stop_token stop;
    bool too_large = false;
    std::array<char, CURL_ERROR_SIZE> why {}; ///< the library's own words, with host and reason
};

std::string part_of(CURLU* url, CURLUPart part)
{
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return {};
    std::string copy { text };
    curl_free(text);
    return copy;
}

CurlUrl parse(std::string const& text)
{
    CurlUrl url { curl_url(), &curl_url_cleanup };
    if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        return { nullptr, &curl_url_cleanup };
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

void configure(CURL* transfer, std::string const& url, DownloadLimits const& limits, bool local, Body& body)
{
    curl_easy_setopt(transfer, CURLOPT_URL, url.c_str());
    curl_easy_setopt(transfer, CURLOPT_ERRORBUFFER, body.why.data());
    curl_easy_setopt(transfer, CURLOPT_PROTOCOLS_STR, local ? "http" : "https");
    curl_easy_setopt(transfer, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(transfer, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(transfer, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(transfer, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(transfer, CURLOPT_TIMEOUT, static_cast<long>(limits.time.count()));
    curl_easy_setopt(transfer, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.bytes));
    curl_easy_setopt(transfer, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(transfer, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(transfer, CURLOPT_USERAGENT, "exhibit");
    curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, &receive);
    curl_easy_setopt(transfer, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(transfer, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(transfer, CURLOPT_XFERINFOFUNCTION, &progress);
    curl_easy_setopt(transfer, CURLOPT_XFERINFODATA, &body);
    if (local)
        curl_easy_setopt(transfer, CURLOPT_NOPROXY, "*");
}

std::string_view refusal_of(long status)
{
    if (status == 404 || status == 410)
        return "the server does not have the file";
    return status >= 500 ? "the server is in trouble, try again later" : "the server did not give the file";
}

} // namespace

std::string origin_of(std::string const& url)
{
    auto const parsed = parse(url);
    if (parsed == nullptr)
        return {};
    auto const scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    auto const host = part_of(parsed.get(), CURLUPART_HOST);
    auto const port = part_of(parsed.get(), CURLUPART_PORT);
    if ((scheme != "https" && scheme != "http") || host.empty())
        return {};
    return scheme + "://" + host + (port.empty() ? "" : ":" + port);
}

Result<std::string> Downloader::fetch(std::string const& url, DownloadLimits const& limits)
{
    m_detail.clear();
    auto const parsed = parse(url);
    if (parsed == nullptr)
        return fail(Fault::unsupported, "the address is no URL");
    auto const scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    bool const local = scheme == "http" && m_local_http == LocalHttp::allowed
        && is_this_machine(part_of(parsed.get(), CURLUPART_HOST));
    if (scheme != "https" && !local)
        return fail(Fault::unsupported, "only https addresses are fetched");
    Transfer const transfer { curl_easy_init(), &curl_easy_cleanup };
    if (transfer == nullptr)
        return fail(Fault::io, "the network library cannot be started");
    Body body { {}, limits.bytes, m_stop, false, {} };
    configure(transfer.get(), url, limits, local, body);
    auto const outcome = curl_easy_perform(transfer.get());
    if (m_stop.stop_requested())
        return fail(Fault::cancelled, "the transfer was cancelled");
    if (body.too_large || outcome == CURLE_FILESIZE_EXCEEDED)
        return fail(Fault::over_limit, "the file is larger than the limit");
    if (outcome != CURLE_OK) {
        m_detail = body.why[0] == '\0' ? curl_easy_strerror(outcome) : std::string { body.why.data() };
        // It says so too of a redirect that leads away from HTTPS.
        return fail(Fault::io,
            outcome == CURLE_UNSUPPORTED_PROTOCOL ? "the server leads to an address that is not https"
                                                  : "the transfer failed");
    }
    long status = 0;
    curl_easy_getinfo(transfer.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        m_detail = "the server answered " + std::to_string(status);
        return fail(Fault::io, refusal_of(status));
    }
    return std::move(body.text);
}

} // namespace exhibit::indicators
