#include "acquisition/ios_backup/clear_copy.hpp"

#include "base/parallel.hpp"
#include "base/text.hpp"
#include "formats/backup_path/backup_path.hpp"
#include "formats/crypto/openssl.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace exhibit::ios_backup {

namespace {

constexpr std::size_t kPiece = 1U << 20U;
constexpr std::size_t kBatch = 256;
constexpr std::size_t kLedgerBuffer = 1U << 20U;
constexpr std::size_t kLargestList = 256U << 20U;
constexpr std::string_view kNotWritten = "the copy cannot be written: the disk is full or failing";

bool write_all(int file, Bytes bytes)
{
    while (!bytes.empty()) {
        auto const count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

FileDescriptor create_at(int folder, std::string const& name)
{
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    return FileDescriptor { ::openat(folder, name.c_str(), flags, S_IRUSR | S_IWUSR) };
}

} // namespace

ClearCopy::ClearCopy(
    IosBackup const& backup, std::filesystem::path folder, OpenOptions const& options, unsigned jobs)
    : m_backup(backup)
    , m_options(options)
    , m_jobs(std::clamp(jobs, 1U, 64U))
    , m_path(std::move(folder))
{
}

Result<DecryptSummary> ClearCopy::write()
{
    m_folder = FileDescriptor { ::open(m_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
    m_ledger = create_at(m_folder.get(), "ledger.jsonl");
    if (!m_folder || !m_ledger)
        return fail(Fault::io, kNotWritten);
    EXHIBIT_TRY(m_backup.visit([this](EntryView const& view) {
        m_files += view.kind == EntryKind::file ? 1 : 0;
        return !m_options.stop.stop_requested();
    }));
    EXHIBIT_TRY(write_own_files());
    EXHIBIT_TRY(write_payloads());
    if (!write_all(m_ledger.get(), as_bytes(m_lines)) || ::fsync(m_ledger.get()) != 0)
        return fail(Fault::io, kNotWritten);
    m_summary.problems = m_backup.problems();
    return std::move(m_summary);
}

Result<void> ClearCopy::put_own_file(std::string const& name, Source const& source)
{
    auto outcome = copy(source, name);
    if (outcome.fatal)
        return fail(Fault::io, kNotWritten);
    if (outcome.state.empty())
        outcome.state = name.starts_with("Manifest.") ? "decrypted" : "copied";
    count(outcome);
    return put_line("@backup/" + name, name, name, outcome);
}

Result<void> ClearCopy::write_own_files()
{
    EXHIBIT_TRY(put_own_file(m_backup.flat() ? "Manifest.mbdb" : "Manifest.db", m_backup.manifest_content()));
    for (auto const* const name : { "Info.plist", "Status.plist" })
        if (auto const source = m_backup.container().open(join_path(m_backup.root(), name)))
            EXHIBIT_TRY(put_own_file(name, **source));
    auto const stored = EXHIBIT_TRY(m_backup.container().open(join_path(m_backup.root(), "Manifest.plist")));
    auto const list = EXHIBIT_TRY(read_all(*stored, kLargestList));
    auto const clear = EXHIBIT_TRY(clear_manifest_list(list.bytes()));
    return put_own_file("Manifest.plist", MemorySource { as_bytes(clear) });
}

Result<void> ClearCopy::write_payloads()
{
    std::vector<Job> batch;
    Result<void> written;
    auto const damage = EXHIBIT_TRY(m_backup.manifest().visit([&](ManifestRow const& row) {
        if (row.kind != EntryKind::file)
            return true;
        batch.push_back({ StoredRow { row }, row.handle });
        if (batch.size() < kBatch)
            return true;
        written = write_batch(batch);
        batch.clear();
        return written.has_value();
    }));
    EXHIBIT_TRY(written);
    EXHIBIT_TRY(write_batch(batch));
    // Damage of the manifest stands among the problems of the backup; its readable lines were followed.
    (void)damage;
    return {};
}

Result<void> ClearCopy::write_batch(std::vector<Job> const& batch)
{
    std::vector<Outcome> outcomes(batch.size());
    std::atomic<std::size_t> next = 0;
    run_in_parallel(std::max(1U, m_jobs), [&](unsigned) {
        for (auto number = next++; number < batch.size(); number = next++)
            outcomes[number] = write_one(batch[number]);
    });
    std::string path;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (outcomes[i].fatal)
            return fail(Fault::io, kNotWritten);
        auto const& row = batch[i].row;
        backup_path::device_path(row.domain, row.path, path);
        EXHIBIT_TRY(put_line(path, row.domain + "::" + row.path, row.id, outcomes[i]));
        count(outcomes[i]);
    }
    m_files_done += batch.size();
    if (m_files != 0)
        m_options.progress(
            "decrypting", std::min(1.0, static_cast<double>(m_files_done) / static_cast<double>(m_files)));
    if (m_options.stop.stop_requested())
        return fail(Fault::cancelled, "stopped");
    return {};
}

ClearCopy::Outcome ClearCopy::write_one(Job const& job)
{
    Outcome outcome;
    auto const failed = [&](Error const& error) {
        outcome.state = error.fault == Fault::missing ? "missing" : "failed";
        outcome.why = error.what;
        return outcome;
    };
    // Nothing may be thrown out of a thread.
    try {
        auto const content = m_backup.open_row(job.row, job.handle);
        if (!content)
            return failed(content.error());
        auto const& source = *content->source;
        if (source.size() == 0 && !m_backup.holds(job.row)) {
            outcome.state = "empty";
            return outcome;
        }
        auto const& id = job.row.id;
        if (!m_backup.flat() && ::mkdirat(m_folder.get(), id.substr(0, 2).c_str(), S_IRWXU) != 0
            && errno != EEXIST) {
            outcome.fatal = true;
            return outcome;
        }
        outcome = copy(source, m_backup.flat() ? id : id.substr(0, 2) + "/" + id);
        if (outcome.state.empty() && content->cut) {
            outcome.state = "cut";
            outcome.why = "the file is cut off; what there is was written";
            outcome.stated_size = job.row.size;
        } else if (outcome.state.empty()) {
            outcome.state = job.row.key.empty() ? "copied" : "decrypted";
        }
        return outcome;
    } catch (std::bad_alloc const&) {
        return failed({ Fault::over_limit, "not enough memory" });
    }
}

/// Leaves `state` empty when all went well.
ClearCopy::Outcome ClearCopy::copy(Source const& source, std::string const& name)
{
    Outcome outcome;
    auto const file = create_at(m_folder.get(), name);
    if (!file && errno == EEXIST) {
        outcome.state = "failed";
        outcome.why = "another line of the manifest names the same payload";
        return outcome;
    }
    if (!file) {
        outcome.fatal = true;
        return outcome;
    }
    DigestContext const digest { EVP_MD_CTX_new() };
    EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
    std::vector<std::byte> piece(
        static_cast<std::size_t>(std::clamp<std::uint64_t>(source.size(), 1, kPiece)));
    while (outcome.size < source.size()) {
        auto const count = source.read_at(outcome.size, piece);
        if (!count || *count == 0) {
            outcome.state = "failed";
            outcome.why = count ? "the file ends early; what came before was written" : count.error().what;
            break;
        }
        auto const bytes = Bytes { piece }.first(*count);
        EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size());
        if (!write_all(file.get(), bytes)) {
            outcome.fatal = true;
            return outcome;
        }
        outcome.size += bytes.size();
    }
    std::array<std::byte, 32> sum {};
    EVP_DigestFinal_ex(digest.get(), reinterpret_cast<unsigned char*>(sum.data()), nullptr);
    outcome.digest = to_hex(as_text(sum));
    return outcome;
}

Result<void> ClearCopy::put_line(
    std::string_view path, std::string_view stored, std::string_view id, Outcome const& outcome)
{
    nlohmann::ordered_json line;
    line["path"] = repair_utf8(path);
    line["stored"] = repair_utf8(stored);
    line["id"] = repair_utf8(id);
    line["state"] = outcome.state;
    line["size"] = outcome.size;
    if (outcome.stated_size)
        line["stated_size"] = *outcome.stated_size;
    if (!outcome.digest.empty())
        line["sha256"] = outcome.digest;
    if (!outcome.why.empty())
        line["why"] = outcome.why;
    m_lines += line.dump();
    m_lines += '\n';
    if (m_lines.size() < kLedgerBuffer)
        return {};
    if (!write_all(m_ledger.get(), as_bytes(m_lines)))
        return fail(Fault::io, kNotWritten);
    m_lines.clear();
    return {};
}

void ClearCopy::count(Outcome const& outcome)
{
    m_summary.bytes += outcome.size;
    if (outcome.state == "decrypted")
        ++m_summary.decrypted;
    else if (outcome.state == "copied")
        ++m_summary.copied;
    else if (outcome.state == "empty")
        ++m_summary.empty;
    else if (outcome.state == "cut")
        ++m_summary.cut;
    else if (outcome.state == "missing")
        ++m_summary.missing;
    else
        ++m_summary.failed;
}

} // namespace exhibit::ios_backup
