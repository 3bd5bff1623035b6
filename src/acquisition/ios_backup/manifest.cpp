#include "acquisition/ios_backup/manifest.hpp"

#include "acquisition/ios_backup/mb_file.hpp"
#include "base/text.hpp"
#include "formats/crypto/openssl.hpp"
#include "formats/mbdb/mbdb.hpp"
#include "formats/sqlite/scan.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace exhibit::ios_backup {

namespace {

constexpr std::array<std::string_view, 5> kColumns { "fileID", "domain", "relativePath", "flags", "file" };

// `flags` of a row; links are 4.
constexpr std::int64_t kFolder = 2;
constexpr std::int64_t kLink = 4;

// File types in a mode.
constexpr std::int64_t kTypeMask = 0170000;
constexpr std::int64_t kFolderType = 0040000;
constexpr std::int64_t kLinkType = 0120000;

EntryKind kind_of_mode(std::int64_t mode)
{
    if ((mode & kTypeMask) == kFolderType)
        return EntryKind::folder;
    return (mode & kTypeMask) == kLinkType ? EntryKind::link : EntryKind::file;
}

class DatabaseManifest final : public Manifest {
public:
    DatabaseManifest(std::shared_ptr<Source const> database, std::shared_ptr<Source const> wal,
        std::stop_token stop, sqlite::Database opened)
        : m_source(std::move(database))
        , m_wal(std::move(wal))
        , m_stop(std::move(stop))
        , m_lookups(std::move(opened))
    {
        if (auto finder = sqlite::make_row_finder(m_lookups, "Files", scanned_columns()))
            m_finder = std::move(*finder);
    }

    [[nodiscard]] std::string_view form() const override { return "database"; }

    [[nodiscard]] Result<std::optional<Error>> visit(
        std::function<bool(ManifestRow const&)> const& visitor) const override
    {
        auto const database
            = EXHIBIT_TRY(sqlite::Database::open(*m_source, m_wal.get(), nullptr, { .stop = m_stop }));
        bool enough = false;
        std::string target;
        FileDetailsReader details;
        auto const show = [&](std::int64_t row_id, sqlite::Cells const& cells) -> Result<void> {
            enough = !visitor(row_of(row_id, cells, details, target));
            if (enough)
                return fail(Fault::cancelled, "the visitor has seen enough");
            return {};
        };
        auto const scan = scan_files(database, show);
        if (enough)
            return std::optional<Error> {};
        if (!scan)
            return std::unexpected(scan.error());
        if (scan->damage)
            return scan->damage;
        for (auto const& note : database.notes())
            if (note.damage)
                return std::optional { note.error };
        return std::optional<Error> {};
    }

    [[nodiscard]] Result<StoredRow> row(std::uint64_t handle) const override
    {
        auto const row_id = static_cast<std::int64_t>(handle);
        std::optional<StoredRow> found;
        auto const keep = [&](sqlite::Cells const& cells) {
            std::string target;
            FileDetailsReader details;
            found.emplace(row_of(row_id, cells, details, target));
        };
        if (m_finder && m_finder(row_id, keep).value_or(false))
            return std::move(*found);
        // It tells why there is none, and searches a damaged database.
        return row_where("rowid = " + std::to_string(row_id));
    }

    [[nodiscard]] Result<StoredRow> find(std::string_view domain, std::string_view path) const override
    {
        return row_where("fileID = '" + payload_name(domain, path) + "'");
    }

private:
    [[nodiscard]] Result<StoredRow> row_where(std::string const& condition) const
    {
        std::scoped_lock const lock { m_mutex };
        std::optional<StoredRow> found;
        std::string target;
        FileDetailsReader details;
        auto const scan = query_files(m_lookups, " WHERE " + condition,
            [&](std::int64_t row_id, sqlite::Cells const& cells) -> Result<void> {
                found.emplace(row_of(row_id, cells, details, target));
                return {};
            });
        if (!found && !scan)
            return std::unexpected(scan.error());
        if (!found)
            return fail(Fault::missing, "the backup lists no such file");
        return std::move(*found);
    }

    static std::string select_files(sqlite::Database const& database)
    {
        std::string sql = "SELECT rowid";
        for (auto const column : kColumns)
            sql += ", " + database.column_or_null("", "Files", column);
        return sql + " FROM Files";
    }

    static void set_cells(sqlite::Cells& cells, sqlite::Statement const& row)
    {
        for (std::size_t i = 0; i != kColumns.size(); ++i)
            cells.set(i, row.value(static_cast<int>(i) + 1));
    }

    static Result<sqlite::Scan> query_files(
        sqlite::Database const& database, std::string const& suffix, sqlite::ScanVisitor const& visit)
    {
        sqlite::Cells cells { kColumns.size() };
        return database.each(select_files(database) + suffix, [&](sqlite::Statement const& row) {
            set_cells(cells, row);
            return visit(row.integer(0).value_or(0), cells);
        });
    }

    static std::array<sqlite::ScanColumn, kColumns.size()> scanned_columns()
    {
        std::array<sqlite::ScanColumn, kColumns.size()> columns;
        for (std::size_t i = 0; i != kColumns.size(); ++i)
            columns[i] = { 0, kColumns[i] };
        return columns;
    }

    static Result<sqlite::Scan> scan_files(sqlite::Database const& database, sqlite::ScanVisitor const& visit)
    {
        auto const columns = scanned_columns();
        auto const scan = EXHIBIT_TRY(sqlite::scan_rows(database, { "Files", {}, columns }, visit));
        return scan ? *scan : query_files(database, " ORDER BY rowid", visit);
    }

    /// `target` keeps the text that the row borrows.
    static ManifestRow row_of(
        std::int64_t row_id, sqlite::Cells const& stored, FileDetailsReader& reader, std::string& target)
    {
        ManifestRow row;
        row.handle = static_cast<std::uint64_t>(row_id);
        row.id = stored.text(0);
        row.domain = stored.text(1);
        row.path = stored.text(2);
        auto const flags = stored.integer(3).value_or(0);
        if (flags == kFolder || flags == kLink)
            row.kind = flags == kFolder ? EntryKind::folder : EntryKind::link;
        auto details = reader.read(stored.blob(4));
        if (!details)
            return row;
        if (flags == 0 && details->mode)
            row.kind = kind_of_mode(*details->mode);
        row.size = details->size;
        row.modified = details->modified;
        row.key = details->key;
        target = std::move(details->target);
        row.target = target;
        return row;
    }

    std::shared_ptr<Source const> m_source;
    std::shared_ptr<Source const> m_wal;
    std::stop_token m_stop;
    mutable std::mutex m_mutex;
    sqlite::Database m_lookups; ///< one reader at a time
    sqlite::RowFinder m_finder; ///< any number of readers; empty where SQLite is needed
};

class MbdbManifest final : public Manifest {
public:
    explicit MbdbManifest(std::shared_ptr<Source const> source)
        : m_source(std::move(source))
    {
    }

    [[nodiscard]] std::string_view form() const override { return "mbdb"; }

    [[nodiscard]] Result<std::optional<Error>> visit(
        std::function<bool(ManifestRow const&)> const& visitor) const override
    {
        PayloadNamer namer;
        auto const read = mbdb::visit(*m_source, [&](mbdb::Record const& record, std::uint64_t offset) {
            return visitor(row_of(record, offset, namer));
        });
        if (!read && read.error().fault == Fault::io)
            return std::unexpected(read.error());
        return read ? std::optional<Error> {} : read.error();
    }

    [[nodiscard]] Result<StoredRow> row(std::uint64_t handle) const override
    {
        auto const record = EXHIBIT_TRY(mbdb::record_at(*m_source, handle));
        PayloadNamer namer;
        return StoredRow { row_of(record, handle, namer) };
    }

    [[nodiscard]] Result<StoredRow> find(std::string_view domain, std::string_view path) const override
    {
        std::optional<StoredRow> found;
        EXHIBIT_TRY(visit([&](ManifestRow const& row) {
            if (row.domain == domain && row.path == path)
                found.emplace(row);
            return !found;
        }));
        if (!found)
            return fail(Fault::missing, "the backup lists no such file");
        return std::move(*found);
    }

private:
    static ManifestRow row_of(mbdb::Record const& record, std::uint64_t offset, PayloadNamer& namer)
    {
        ManifestRow row;
        row.id = namer.name(record.domain, record.path);
        row.domain = record.domain;
        row.path = record.path;
        row.kind = kind_of_mode(record.mode);
        row.size = record.size;
        row.modified = Time::unix_seconds(std::int64_t { record.modified }).utc;
        row.key = as_bytes(record.key);
        row.target = record.target;
        row.handle = offset;
        return row;
    }

    std::shared_ptr<Source const> m_source;
};

} // namespace

struct PayloadNamer::State {
    DigestContext context { EVP_MD_CTX_new() };
    std::array<char, 40> name {};
};

PayloadNamer::PayloadNamer()
    : m_state(std::make_unique<State>())
{
    EVP_DigestInit_ex2(m_state->context.get(), EVP_sha1(), nullptr);
}

PayloadNamer::~PayloadNamer() = default;

std::string_view PayloadNamer::name(std::string_view domain, std::string_view path)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, 20> digest {};
    auto* const context = m_state->context.get();
    EVP_DigestInit_ex2(context, nullptr, nullptr);
    EVP_DigestUpdate(context, domain.data(), domain.size());
    EVP_DigestUpdate(context, "-", 1);
    EVP_DigestUpdate(context, path.data(), path.size());
    EVP_DigestFinal_ex(context, digest.data(), nullptr);
    for (std::size_t i = 0; i < digest.size(); ++i) {
        m_state->name[2 * i] = digits[digest[i] >> 4U];
        m_state->name[2 * i + 1] = digits[digest[i] & 15U];
    }
    return { m_state->name.data(), m_state->name.size() };
}

std::string payload_name(std::string_view domain, std::string_view path)
{
    thread_local PayloadNamer namer;
    return std::string { namer.name(domain, path) };
}

bool is_payload_name(std::string_view text)
{
    return text.size() == 40
        && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<std::unique_ptr<Manifest>> open_manifest_database(
    std::shared_ptr<Source const> database, std::shared_ptr<Source const> wal, std::stop_token stop)
{
    auto opened = EXHIBIT_TRY(sqlite::Database::open(*database, wal.get(), nullptr, { .stop = stop }));
    for (auto const* const column : { "fileID", "domain", "relativePath" })
        if (!opened.has_column("Files", column))
            return fail(Fault::unsupported, "Manifest.db has no table of files");
    return std::make_unique<DatabaseManifest>(
        std::move(database), std::move(wal), std::move(stop), std::move(opened));
}

Result<std::unique_ptr<Manifest>> open_manifest_mbdb(std::shared_ptr<Source const> records)
{
    if (!mbdb::has_magic(*records))
        return fail(Fault::malformed, "Manifest.mbdb does not begin as such a file does");
    return std::make_unique<MbdbManifest>(std::move(records));
}

} // namespace exhibit::ios_backup
