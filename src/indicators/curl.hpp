#pragma once

#include <curl/curl.h>

namespace exhibit::indicators {

/// The functions of libcurl that are used here, by the names that they have there.
struct Curl {
    decltype(&::curl_url) url;
    decltype(&::curl_url_set) url_set;
    decltype(&::curl_url_get) url_get;
    decltype(&::curl_url_cleanup) url_cleanup;
    decltype(&::curl_free) free;
    decltype(&::curl_easy_init) easy_init;
    decltype(&::curl_easy_setopt) easy_setopt;
    decltype(&::curl_easy_perform) easy_perform;
    decltype(&::curl_easy_getinfo) easy_getinfo;
    decltype(&::curl_easy_strerror) easy_strerror;
    decltype(&::curl_easy_cleanup) easy_cleanup;
    decltype(&::curl_version_info) version_info;
};

/// libcurl, loaded by the first call: only fetching needs it, and with the libraries that it is made of it
/// would take half of the time in which any command starts. Null where it is not installed.
Curl const* curl();

} // namespace exhibit::indicators
