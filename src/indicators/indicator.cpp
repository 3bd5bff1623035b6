#include "indicators/indicator.hpp"

#include <array>

namespace exhibit::indicators {
namespace {

constexpr std::array<std::string_view, kKindCount> kKindNames { "domain", "ip", "url", "email", "phone",
    "account", "process", "file_name", "file_path", "md5", "sha1", "sha256", "app_id", "cert_hash",
    "profile_id", "property_name" };

struct ReasonWords {
    std::string_view name;
    std::string_view sentence;
};

constexpr std::array<ReasonWords, kReasonCount> kReasons { {
    { "damaged_file", "The file is damaged or of another format; what could be read was kept." },
    { "malformed_object", "The object lacks something that its format demands." },
    { "bad_pattern", "The pattern breaks the STIX grammar." },
    { "pattern_language", "The pattern is written in a language other than STIX." },
    { "negation", "A negation (NOT, !=) would match nearly everything." },
    { "comparison", "An order comparison or test for existence cannot be made on a phone's records." },
    { "conjunction", "It asks for several values at once that no single record holds." },
    { "sequence", "It asks for several observations together or in order." },
    { "qualifier", "It asks for repetition or for a span of time." },
    { "property", "No artifact yields this property." },
    { "literal", "It compares with a number, flag, time or binary value, not with text." },
    { "bad_value", "The value is not one of its kind, so it could never match." },
    { "bad_regex",
        "The regular expression cannot be compiled (look-around and back references are not supported)." },
    { "revoked", "Its publisher has withdrawn it." },
    { "replaced", "Its publisher has replaced it by a newer version." },
    { "not_for_detection", "Its publisher marked it as context or as harmless, not for detection." },
    { "unknown_type", "The type is not known." },
    { "over_limit", "It is larger than the limits allow." },
    { "not_read", "It was not read: indicators are read from .stix2, .stix, .json, .csv and .tsv files." },
} };

} // namespace

std::string_view name_of(Kind kind)
{
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> kind_named(std::string_view name)
{
    for (std::size_t i = 0; i != kKindNames.size(); ++i)
        if (kKindNames[i] == name)
            return static_cast<Kind>(i);
    return std::nullopt;
}

std::string_view name_of(Tlp tlp)
{
    constexpr std::array<std::string_view, 6> names { "", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER",
        "TLP:AMBER+STRICT", "TLP:RED" };
    return names[static_cast<std::size_t>(tlp)];
}

std::string_view name_of(Ambiguity ambiguity)
{
    constexpr std::array<std::string_view, 5> names { "none", "always", "outside_network", "on_android",
        "as_file_name" };
    return names[static_cast<std::size_t>(ambiguity)];
}

std::string_view name_of(Reason reason)
{
    return kReasons[static_cast<std::size_t>(reason)].name;
}

std::string_view explain(Reason reason)
{
    return kReasons[static_cast<std::size_t>(reason)].sentence;
}

} // namespace exhibit::indicators
