#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exhibit::indicators {

/// What kind of value an indicator names. The names (`name_of`) are those of the CSV format.
enum class Kind : std::uint8_t {
    domain,
    ip, ///< one address, or a network in CIDR notation
    url,
    email,
    phone,
    account, ///< account name of some service
    process,
    file_name,
    file_path,
    md5,
    sha1,
    sha256,
    app_id,
    cert_hash,
    profile_id,
    property_name,
};
constexpr std::size_t kKindCount = 16;

std::string_view name_of(Kind);
std::optional<Kind> kind_named(std::string_view);

/// How a value is compared with the indicator.
enum class Compare : std::uint8_t {
    equal, ///< by the rules of the kind (host suffix, path below ...)
    like, ///< STIX LIKE: `%` any run, `_` one character, over the whole value
    regex, ///< STIX MATCHES: found anywhere in the value unless anchored
};

/// Traffic Light Protocol marking, as published.
enum class Tlp : std::uint8_t { unmarked, clear, green, amber, amber_strict, red };
std::string_view name_of(Tlp);

/// When a match with this indicator alone proves little, because harmless software uses the value too.
enum class Ambiguity : std::uint8_t {
    none,
    always,
    outside_network, ///< a match in a network-usage table stands by itself
    on_android, ///< every Android device has it: nothing is made of it there
    as_file_name, ///< met as text or as a file name, beside an app that is not Apple's, or on other systems
};
std::string_view name_of(Ambiguity);

struct AmbiguousValue {
    Ambiguity when = Ambiguity::none;
    std::string_view reason;
};

/// Something an indicator points to: a malware, a campaign, a threat actor, a report ...
struct Name {
    std::string_view text;
    std::string_view type; ///< `malware`, `campaign`, `threat-actor`, `report`, `event` ...
    friend bool operator==(Name const&, Name const&) = default;
};

/// One value or pattern. A published indicator that names several values becomes several of these
/// with one id. Text lives as long as the set.
struct Indicator {
    std::string_view id; ///< as published; `line 12` for CSV without ids
    std::string_view value; ///< as published
    std::span<Name const> names; ///< never empty: the pack's title when nothing else is said
    std::string_view source; ///< who published it, when said for this indicator
    std::string_view ambiguity_reason;
    std::optional<Timestamp> created; ///< publication; never a time of observation
    std::optional<Timestamp> valid_until;
    std::uint32_t pack = 0; ///< index into IndicatorSet::packs()
    Kind kind = Kind::domain; ///< what the value is
    Kind published_as = Kind::domain; ///< what the pack calls it: some call an address a domain
    Compare compare = Compare::equal;
    Tlp tlp = Tlp::unmarked;
    Ambiguity ambiguity = Ambiguity::none;
    bool exact_only = false; ///< a public suffix or shared host: hosts below it do not match
};

/// One file of indicators, for the record of what was compared.
struct Pack {
    std::string file; ///< base name
    std::string sha256; ///< of the whole file, lower-case hexadecimal
    std::string format; ///< `stix`, `misp` or `csv`
    std::string title; ///< of its malware, report or event; else the file name
    std::string source; ///< who published it, as far as it says
    std::string licence; ///< as far as it says
    std::string url; ///< where `update` had it from
    std::optional<Timestamp> published; ///< the latest creation time in it
    std::uint64_t bytes = 0;
    std::uint32_t indicators = 0; ///< usable ones
    std::uint32_t problems = 0;
};

/// Why something in a pack cannot be used.
enum class Reason : std::uint8_t {
    damaged_file, ///< the file is no valid JSON, CSV ...; what could be read was kept
    malformed_object, ///< an object lacks what its format demands
    bad_pattern, ///< the STIX pattern breaks the grammar
    pattern_language, ///< YARA, Sigma, Snort ...
    negation, ///< NOT, !=
    comparison, ///< <, >, ISSUPERSET, EXISTS
    conjunction, ///< AND of values that no single row of evidence holds together
    sequence, ///< AND or FOLLOWEDBY of several observations
    qualifier, ///< REPEATS or START ... STOP
    property, ///< an object property that no artifact yields
    literal, ///< a number, flag, time or binary where text is compared
    bad_value, ///< the value is none of its kind: it could never match
    bad_regex, ///< a regular expression that cannot be compiled
    revoked, ///< withdrawn by its publisher
    replaced, ///< the file holds a newer version of it
    not_for_detection, ///< its publisher says that it is context only (MISP `to_ids`) or harmless
    unknown_type, ///< a CSV or MISP type that is not known
    over_limit,
    not_read, ///< a file or folder beside packs that holds none in a form that is read
};
constexpr std::size_t kReasonCount = 19;
std::string_view name_of(Reason);
/// One sentence for people.
std::string_view explain(Reason);

/// One thing that could not be used. Never fatal, never silent.
struct Problem {
    std::uint32_t pack = 0;
    Reason reason = Reason::damaged_file;
    std::string id; ///< of the indicator, when it has one
    std::string detail; ///< the property, value or place in question; from the pack: escape before printing
};

} // namespace exhibit::indicators
