#include "artifacts/android/adb_keys/tables.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/base64.hpp"
#include "formats/xml/element_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace exhibit::android::adb_keys {
namespace {

constexpr std::string_view kLost = "\xEF\xBF\xBD"; // U+FFFD, for a byte that was no UTF-8
constexpr std::size_t kAndroidKeySize = 524; // The RSA structure of Android's mincrypt, for 2048 bits.

std::string fingerprint_of(std::string_view bytes)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr);
    std::string out;
    for (unsigned i = 0; i != size; ++i)
        out += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
    return out;
}

/// The time behind a key in a dump: eight bytes, of which the fourth (0x80 and above since 2022) is lost.
struct Completed {
    std::int64_t millis = 0;
    bool inferred = false;
};

std::optional<Completed> complete_time(std::string_view text, std::optional<Timestamp> taken)
{
    std::array<std::optional<unsigned>, 8> bytes;
    for (auto& byte : bytes) {
        if (text.empty())
            return std::nullopt;
        if (eat(text, kLost))
            continue;
        byte = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
    }
    for (std::size_t i = 0; i != bytes.size(); ++i)
        if (!bytes[i] && i != 3)
            return std::nullopt;
    if (*bytes[0] != 0 || *bytes[1] != 0)
        return std::nullopt;
    auto const low = std::int64_t { *bytes[4] } << 24 | std::int64_t { *bytes[5] } << 16
        | std::int64_t { *bytes[6] } << 8 | std::int64_t { *bytes[7] };
    auto const high = std::int64_t { *bytes[2] } << 40;
    if (bytes[3])
        return Completed { high | std::int64_t { *bytes[3] } << 32 | low, false };
    if (!taken)
        return std::nullopt;
    auto const latest
        = std::chrono::duration_cast<std::chrono::milliseconds>(taken->time_since_epoch()).count()
        + 86'400'000;
    for (std::int64_t byte = 0xFF; byte >= 0x80; --byte)
        if (auto const millis = high | byte << 32 | low; millis <= latest)
            return Completed { millis, true };
    return std::nullopt;
}

/// Each key is a run of printable characters that begins as Android's keys do; what follows it is the token
/// of an attribute, its name, and the time.
Result<void> add_damaged(
    std::string_view content, std::optional<Timestamp> taken, std::uint64_t offset, Context& context)
{
    constexpr std::string_view key_start = "QAAAA";
    constexpr std::string_view attribute = "lastConnection";
    for (auto at = content.find(key_start); at != content.npos;) {
        auto rest = content.substr(at);
        auto const end = std::ranges::find_if(rest, [](char c) { return c < ' ' || c > '~'; });
        auto const size = static_cast<std::size_t>(end - rest.begin());
        auto key = read_key(rest.substr(0, size), "keystore");
        rest = rest.substr(size);
        auto const next = content.find(key_start, at + size);
        (void)eat(rest, kLost); // the token
        auto const name = rest.substr(0, 32).find(attribute);
        if (name != rest.npos)
            rest.remove_prefix(name + attribute.size());
        else
            rest.remove_prefix(
                std::min<std::size_t>(2, rest.size())); // the number of a name that came before
        if (auto const time = complete_time(rest, taken)) {
            key.last_connected = Time::unix_millis(time->millis);
            key.inferred = time->inferred;
        }
        EXHIBIT_TRY(context.add(kKeys, key, Origin { offset + at }));
        at = next;
    }
    return {};
}

} // namespace

Key read_key(std::string_view text, std::string_view list)
{
    Key key;
    key.list = list;
    auto rest = trim(text);
    key.key = take_word(rest);
    key.owner = rest;
    if (auto const bytes = from_base64(key.key); bytes && !bytes->empty()) {
        key.fingerprint = fingerprint_of(as_text(*bytes));
        key.valid = bytes->size() == kAndroidKeySize || bytes->size() > 4;
    }
    return key;
}

Result<void> add_key_store(
    std::string_view content, std::optional<Timestamp> taken, std::uint64_t offset, Context& context)
{
    if (content.starts_with("ABX") && content.contains(kLost))
        return add_damaged(content, taken, offset, context);
    auto const read = for_each_element_of(
        as_bytes(content), context.limits().depth, [&](XmlElement const& element) -> Result<void> {
            Origin const origin { offset + element.offset };
            if (element.name == "adbKey") {
                auto key = read_key(element.attribute("key").value_or(""), "keystore");
                if (auto const millis = to_integer(element.attribute("lastConnection").value_or("")))
                    key.last_connected = Time::unix_millis(*millis);
                return context.add(kKeys, key, origin);
            }
            if (element.name == "wifiAP")
                if (auto const bssid = element.attribute("bssid"))
                    return context.add(kNetworks, Network { std::string { *bssid } }, origin);
            return {};
        });
    if (!read && read.error().fault != Fault::cancelled && read.error().fault != Fault::over_limit) {
        context.note(Level::damage, read.error());
        return {};
    }
    return read;
}

} // namespace exhibit::android::adb_keys
