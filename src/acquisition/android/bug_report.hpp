#pragma once

#include "acquisition/android/assembly.hpp"
#include "acquisition/container.hpp"

#include <expected>
#include <memory>
#include <string>

namespace exhibit::android {

/// Whether a folder of a container holds what the zip of a bug report holds.
bool is_unpacked_bug_report(Container const& container, std::string const& folder);
/// The same, or the text of a bug report among anything else.
bool is_bug_report(Container const& container, std::string const& folder);
std::expected<std::unique_ptr<Acquisition>, Refusal> open_bug_report(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

/// Whether one of the texts in a folder begins like a dump, whatever its name.
bool is_folder_with_dump_text(Container const& container, std::string const& folder);

/// Whether an archive holds the zip of a bug report, as some vendors' programs and chats pack it.
bool is_zipped_bug_report(Container const& container, std::string const& folder);
std::expected<std::unique_ptr<Acquisition>, Refusal> open_zipped_bug_report(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

/// Whether the container is a single file with the text of dumpstate or dumpsys, plain or compressed with
/// gzip.
bool is_dump_text(Container const& container, std::string const& folder);
std::expected<std::unique_ptr<Acquisition>, Refusal> open_dump_text(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const& options);

/// Adds the parts and facts of a bug report that is inside another acquisition. Returns what its text holds;
/// null when it has none that could be read. `before` stands in front of what its entries are stored as.
Result<DumpIndex const*> add_bug_report(Assembly& assembly, std::shared_ptr<Container const> const& container,
    std::string const& folder, std::string const& before, OpenOptions const& options);

/// Of all that dumpstate asks, or of services alone, as dumpsys prints it.
enum class DumpOf : std::uint8_t { system, services };
/// Says which sections that dumps usually have a dump lacks.
void tell_missing_sections(
    Assembly& assembly, DumpIndex const& index, std::string const& stored, DumpOf dump);

/// Adds the sections of a dump's text, without those that `shown` has (which may be null).
Result<DumpIndex const*> add_dump(Assembly& assembly, std::shared_ptr<Source const> const& text,
    std::string stored, DumpIndex const* shown, OpenOptions const& options);

} // namespace exhibit::android
