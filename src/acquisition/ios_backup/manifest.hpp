#pragma once

#include "acquisition/acquisition.hpp"
#include "base/source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::ios_backup {

/// One line of a backup's list of files.
struct ManifestRow {
    std::string_view id; ///< what the list says is the name of the payload
    std::string_view domain;
    std::string_view path; ///< relative
    EntryKind kind = EntryKind::file;
    std::optional<std::uint64_t> size; ///< as stated; nothing when the details cannot be read
    std::optional<Timestamp> modified;
    Bytes key; ///< protection class and wrapped key of an encrypted file, else empty
    std::string_view target; ///< of a link
    std::uint64_t handle = 0; ///< for `Manifest::row`
};

/// The same, kept.
struct StoredRow {
    std::string id;
    std::string domain;
    std::string path;
    EntryKind kind = EntryKind::file;
    std::optional<std::uint64_t> size;
    std::vector<std::byte> key;
    std::string target;

    explicit StoredRow(ManifestRow const& row)
        : id(row.id)
        , domain(row.domain)
        , path(row.path)
        , kind(row.kind)
        , size(row.size)
        , key(row.key.begin(), row.key.end())
        , target(row.target)
    {
    }
};

/// The list of files of a backup. May be used from any thread.
class Manifest {
public:
    Manifest() = default;
    Manifest(Manifest const&) = delete;
    Manifest& operator=(Manifest const&) = delete;
    virtual ~Manifest() = default;

    /// Shows the lines in stored order until the visitor returns false. Damage ends or interrupts the list;
    /// it is returned once the lines that can be read were shown.
    [[nodiscard]] virtual Result<std::optional<Error>> visit(
        std::function<bool(ManifestRow const&)> const& visitor) const
        = 0;

    /// `missing` when there is no such line.
    [[nodiscard]] virtual Result<StoredRow> row(std::uint64_t handle) const = 0;

    /// The line of one path; `missing` likewise.
    [[nodiscard]] virtual Result<StoredRow> find(std::string_view domain, std::string_view path) const = 0;

    /// `database` or `mbdb`.
    [[nodiscard]] virtual std::string_view form() const = 0;
};

/// `Manifest.db`, in the clear. `unsupported` when it has no table of files.
Result<std::unique_ptr<Manifest>> open_manifest_database(
    std::shared_ptr<Source const> database, std::shared_ptr<Source const> wal, std::stop_token stop);

/// `Manifest.mbdb` of iOS 9 and older.
Result<std::unique_ptr<Manifest>> open_manifest_mbdb(std::shared_ptr<Source const> records);

/// SHA-1 of `domain-path` in lower-case hexadecimal: the name of a payload.
std::string payload_name(std::string_view domain, std::string_view path);

/// Computes many of them.
class PayloadNamer {
public:
    PayloadNamer();
    ~PayloadNamer();
    /// Valid until the next call.
    std::string_view name(std::string_view domain, std::string_view path);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Whether a text is 40 digits of lower-case hexadecimal, as the name of every payload.
bool is_payload_name(std::string_view text);

} // namespace exhibit::ios_backup
