#pragma once

#include "artifact/artifact.hpp"

#include <array>
#include <span>
#include <string_view>

namespace exhibit {

/// Of a compressed archive, where each file that is looked at has to be unpacked. Pictures that somebody
/// sends are smaller than what the camera takes, so that they come first.
inline constexpr std::uint64_t kMostMediaUnpacked = std::uint64_t { 4 } << 30U;

/// How a file that lies somewhere came to the phone; one of `message`, `mail`, `download` and `camera`.
struct MediaPlace {
    std::string_view pattern; ///< a glob on canonical paths
    std::string_view came_by;
};

/// One file that was looked at.
struct MediaFile {
    std::string_view path;
    std::string_view file_name;
    std::string_view came_by;
    std::string_view kind;
    std::int64_t size = 0;
    std::string checks;
    Time modified;
};
inline constexpr std::array kMediaFileColumns {
    column<&MediaFile::path>("path", Is::path, "Where the file lies."),
    column<&MediaFile::file_name>("file_name", Is::file_name, "Its name."),
    column<&MediaFile::came_by>("came_by", Is::opaque,
        "How files come to this place: `message`, `mail`, `download` (which may be another app's too) or "
        "`camera` "
        "(which saved and shared pictures are among)."),
    column<&MediaFile::kind>(
        "kind", Is::opaque, "What its first bytes say that it is: one of a few fixed words."),
    column<&MediaFile::size>("size", "Bytes."),
    column<&MediaFile::checks>("checks", Is::opaque,
        "Which checks looked at it: fixed words with blanks between them; empty: none fits its kind."),
    column<&MediaFile::modified>("modified", Clock::entry_modified, "When its content was last changed."),
};

/// One thing that is wrong with the structure of a file.
struct MediaAnomaly {
    std::string_view path;
    std::string_view came_by;
    std::string_view part;
    std::string_view check;
    std::string_view kind;
    std::int64_t amount = 0;
    std::int64_t allowed = 0;
    Time modified;
};
inline constexpr std::array kMediaAnomalyColumns {
    column<&MediaAnomaly::path>("path", Is::path, "The file."),
    column<&MediaAnomaly::came_by>(
        "came_by", Is::opaque, "How files come to this place: `message`, `mail`, `download` or `camera`."),
    column<&MediaAnomaly::part>("part_name", Is::file_name, "The part of it, inside of a pass; else empty."),
    column<&MediaAnomaly::check>(
        "check_name", Is::opaque, "What is wrong with it: one of a few fixed words."),
    column<&MediaAnomaly::kind>("kind", Is::opaque, "What its first bytes say that it is."),
    column<&MediaAnomaly::amount>("amount", "How much there is of what there is too much of."),
    column<&MediaAnomaly::allowed>("allowed_amount", "How much there may be."),
    column<&MediaAnomaly::modified>("modified", Clock::entry_modified, "When its content was last changed."),
};
inline constexpr std::array kMediaAnomalyEvents { Event {
    "modified", "media_anomaly", "{check_name} {path}" } };

/// The tables of the artifact that looks.
struct MediaTables {
    TableOf<MediaFile> const& files;
    TableOf<MediaAnomaly> const& anomalies;
};

/// The patterns of places, for the declaration of an artifact.
template<std::size_t count>
constexpr std::array<std::string_view, count> patterns_of(std::array<MediaPlace, count> const& places)
{
    std::array<std::string_view, count> out {};
    for (std::size_t i = 0; i != count; ++i)
        out[i] = places[i].pattern;
    return out;
}

/// Looks at one file for the structure of published exploits; what its first bytes say that it is decides
/// what is looked at. Of pictures only the directories and the end are read. Documents, fonts and WebP
/// pictures above 64 MiB are looked at from outside only, which a diagnostic says.
Result<void> check_media(
    Input const& input, Context& context, std::span<MediaPlace const> places, MediaTables const& tables);

} // namespace exhibit
