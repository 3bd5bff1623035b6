#pragma once

#include "artifact/artifact.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exhibit {

/// Version of the tables below; `case_info` holds it as `schema_version`.
constexpr int kSchemaVersion = 3;

/// Marks a case file in the database header (`PRAGMA application_id`): "EXHB".
constexpr int kApplicationId = 0x45584842;

/// Names in `case_info`. The first stands in a case whose rows were not all kept (`check --minimal`), the
/// second where files were hashed, the third tells how many could not be, the fourth which kinds of digest
/// the rows hold (none where the artifact that lists files was left out; cases of earlier versions lack it),
/// the last how many hash indicators files were not compared with.
constexpr std::string_view kRowsKeptInfo = "rows_kept";
constexpr std::string_view kFilesHashedInfo = "files_hashed";
constexpr std::string_view kFilesNotHashedInfo = "files_not_hashed";
constexpr std::string_view kFileDigestsInfo = "file_digests";
constexpr std::string_view kHashesNotComparedInfo = "hash_indicators_not_compared";
/// How many files the acquisition holds or lists, and how many of them no artifact reads.
constexpr std::string_view kFilesSeenInfo = "files_seen";
constexpr std::string_view kFilesUnreadInfo = "files_unread";
/// There when files may be among what of the acquisition could not be read.
constexpr std::string_view kAcquisitionInPartInfo = "acquisition_in_part";
/// What rules and coverage say of an artifact that --only or --skip left out.
constexpr std::string_view kLeftOutWords = "it was left out of this examination";
/// Of what may lie in a part of the acquisition that could not be read.
constexpr std::string_view kNotFoundWords = "it was not found in what could be read of this acquisition";
/// With what the message of coverage begins then.
constexpr std::string_view kNotFoundBeginning = "not found in what could be read of this acquisition: ";
/// The sections of a dump that no artifact reads, with `, ` between.
constexpr std::string_view kSectionsUnreadInfo = "sections_unread";
/// Files that are known to tell something and that no artifact reads, with their number and `; ` between.
constexpr std::string_view kStoresUnreadInfo = "stores_unread";

/// The diagnostic that counts the events whose stored time is no date: no timeline shows them.
constexpr std::string_view kNoPlausibleDate = "the time is no plausible date: not on the timeline";
/// The one for dates that no right clock shows.
constexpr std::string_view kTimeOutsideOfPhones
    = "the time lies before the first such phones or after this examination: not part of the covered period";

/// The statements that make the tables every case file has, whatever was examined.
std::string_view core_schema();

/// `CREATE TABLE` of one artifact table: record_id, entry_id, locator, recovered, then its columns;
/// a time column is followed by its `_raw` twin.
std::string create_table(Table const& table);

/// `CREATE VIEW timeline` over the events of all tables. Nothing is stored twice.
std::string create_timeline(std::span<Artifact const* const> artifacts);

/// `CREATE VIEW local_timeline`: events whose moment is not known because the device's zone is not.
std::string create_local_timeline(std::span<Artifact const* const> artifacts);
/// The query of that view.
std::string local_timeline(std::span<Artifact const* const> artifacts);

/// `CREATE VIEW observable` over all texts that indicators are compared with.
std::string create_observables(std::span<Artifact const* const> artifacts);

/// Whether a query may name one of these views.
bool may_read_view(std::string_view sql);

std::string_view name_of(Type);
std::optional<Type> type_named(std::string_view name);
std::string_view name_of(Is);
/// Nothing for what no indicator is compared with, and for words of a later version.
std::optional<Is> comparable_named(std::string_view name);
std::string_view name_of(Relation);
std::string_view name_of(Recovered);
/// What the column `recovered` holds for a row that is not live: the kind of place, the frame of the
/// `-wal`, the page, and whether a live row has the same row id. `wal_frame 12, page 5, earlier version`
std::string recovered_words(Origin const&);
/// Whether a row is not live and a live row has the same row id; from its origin, and from such words.
bool is_earlier_version(Origin const&);
bool is_earlier_version(std::string_view recovered);
std::string_view name_of(Level);
std::string_view name_of(Platform);

} // namespace exhibit
