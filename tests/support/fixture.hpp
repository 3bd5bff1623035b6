#pragma once

#include "artifact/artifact.hpp"
#include "engine/device_clock.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/// The fixtures of artifacts: `tests/artifacts/<id>/<case>/`, each one entry and what its artifact is to
/// make of it (`expected.json`, a line per row). The entry is written so that people can read it:
///
/// | file | becomes |
/// |---|---|
/// | `input.sql` | a database; `input.wal.sql` beside it is run in WAL mode, so that it stands in the `-wal`
/// only | | `input.plist.xml` | a binary property list | | `input.archive.xml` | a keyed archive of the same
/// content, see `archive` below | | `input.segb.txt` | a SEGB file in words (support/segb_builder.hpp) | |
/// `input.hex` | bytes, two digits each; `#` begins a comment | | `input.*` | itself | | `beside.hex` |
/// what `Artifact::beside` names | | `path` | the
/// canonical path of the entry; without it the artifact's first pattern with `X` for `*` | | `facts` | what
/// the acquisition tells, `name=value` per line: `device.time_zone=+02:00`,
/// `acquisition.local_time=2024-05-03 10:11:12`, and `stored=`, `modified=`, `wall_clock=` for the entry
/// itself |
///
/// SQL of fixtures may call: `plist(xml)`, a binary property list of XML content; `archive(xml)`, a keyed
/// archive, in which a dictionary with a key `$class` becomes an instance of that class;
/// `backup_file(path, size, mode, user, birth, modified, changed)`, an archived `MBFile`;
/// `attributed_body(text [, start, length, url]...)`, the body of a message; `bytes(a, b, ...)`, blobs in a
/// row.
namespace exhibit::test {

enum class Form : std::uint8_t { database, property_list, text, binary };

struct Fixture {
    std::string name; ///< `ios.sms/ios14`
    std::filesystem::path folder;
    Artifact const* artifact = nullptr; ///< null when no artifact has the folder's name
    Form form = Form::binary;
    std::string path;
    std::string stored;
    std::optional<Timestamp> modified;
    std::optional<Timestamp> wall_clock;
    OwnedClock clock;
    std::string main;
    std::string wal;
    bool has_wal = false;
    std::shared_ptr<Source const> beside;
};

/// Every fixture, in the order of names. With EXHIBIT_ONLY in the environment, those of artifacts whose
/// id begins with it.
std::vector<Fixture> load_fixtures();
/// Those below a folder like `tests/artifacts`.
std::vector<Fixture> load_fixtures(std::filesystem::path const& folder);

/// What an artifact is given for a fixture whose content is `main`.
Input input_of(Fixture const& fixture, Source const& main, Source const& wal);

/// The content of a file.
std::string slurp(std::filesystem::path const&);

} // namespace exhibit::test
