#include "indicators/curl.hpp"

#include <dlfcn.h>
#include <optional>

namespace exhibit::indicators {
namespace {

constexpr char const* kLibrary = "libcurl.so.4";

std::optional<Curl> load()
{
    auto* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        return std::nullopt;
    bool whole = true;
    auto const find = [&](auto& function, char const* name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
        whole = whole && function != nullptr;
    };
    Curl curl {};
    find(curl.url, "curl_url");
    find(curl.url_set, "curl_url_set");
    find(curl.url_get, "curl_url_get");
    find(curl.url_cleanup, "curl_url_cleanup");
    find(curl.free, "curl_free");
    find(curl.easy_init, "curl_easy_init");
    find(curl.easy_setopt, "curl_easy_setopt");
    find(curl.easy_perform, "curl_easy_perform");
    find(curl.easy_getinfo, "curl_easy_getinfo");
    find(curl.easy_strerror, "curl_easy_strerror");
    find(curl.easy_cleanup, "curl_easy_cleanup");
    find(curl.version_info, "curl_version_info");
    return whole ? std::optional { curl } : std::nullopt;
}

} // namespace

Curl const* curl()
{
    static auto const kLoaded = load(); // It stays loaded.
    return kLoaded ? &*kLoaded : nullptr;
}

} // namespace exhibit::indicators
