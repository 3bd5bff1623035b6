#pragma once

#include <cstdint>
#include <string>

/// The databases of a sample phone. Everything in them is invented; names are those that nobody can own
/// (`.example`, `example.org`, numbers of 555-01xx), so that nothing points at anybody.
namespace exhibit::sample {

/// How much there is of everything.
struct Size {
    std::uint64_t manifest_rows = 400;
    std::uint64_t messages = 500;
    std::uint64_t whatsapp_messages = 500;
    std::uint64_t visits = 400;
    std::uint64_t usage_rows = 60;
    bool demonstration = true; ///< with the traces that the demonstration finds
};

/// What is planted, and what the indicator file beside the sample names.
constexpr auto kDomain = "updates.sample-implant.example";
constexpr auto kLink = "https://updates.sample-implant.example/s/7Hq2";
constexpr auto kProcess = "sampleimplantd";
constexpr auto kAttachment = "/var/tmp/com.apple.messages/sample.gif-1";
constexpr auto kFormattedLink = "https://www1.example.org/news/formatted";
constexpr auto kMail = "sender@sample-implant.example";

/// 2021-05-01 00:00:00 UTC in seconds since 2001.
constexpr std::int64_t kStart = 641'520'000;

/// `more` is SQL that adds further rows.
std::string sms_database(Size const& size, std::string const& more = {});
std::string whatsapp_database(Size const& size);
std::string safari_database(Size const& size, std::string const& more = {});
std::string usage_database(Size const& size, std::string const& more = {});
std::string tcc_database(std::string const& more = {});
std::string call_database();
std::string contact_database();
std::string interaction_database();
std::string safari_profile_database();
std::string whatsapp_contact_database();

/// STIX 2.1 bundle with the planted domain, process and mail address.
std::string indicator_file();

} // namespace exhibit::sample
