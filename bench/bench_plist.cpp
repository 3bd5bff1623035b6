// Reads the `file` blobs of a backup's manifest: a keyed archive per row, a few hundred thousand in a
// real backup.
#include "formats/plist/keyed_archive.hpp"
#include "support/plist_builder.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <numeric>

namespace {

using namespace exhibit;

constexpr std::size_t kRows = 4096; // more bytes than fit the first two caches of most machines

std::vector<std::string> const& blobs()
{
    static auto const made = [] {
        std::vector<std::string> rows;
        for (std::size_t i = 0; i != kRows; ++i) {
            test::BackupFile file;
            auto const number = static_cast<std::int64_t>(i);
            file.relative_path = "Library/Caches/com.example.application/" + std::to_string(i) + ".db";
            file.size = number * 1000;
            file.inode = 100000 + number;
            file.birth = file.last_modified = file.last_status_change = 1'610'000'000 + number;
            file.protection_class = 3;
            if (i % 4 != 0)
                file.encryption_key = std::string(44, static_cast<char>('a' + i % 26));
            if (i % 2 == 0)
                file.digest = std::string(20, 'd');
            rows.push_back(backup_file_archive(file));
        }
        return rows;
    }();
    return made;
}

struct Sums {
    std::int64_t sizes = 0;
    std::size_t path_bytes = 0;
    std::size_t key_bytes = 0;
};

/// Reads every field that a manifest has, and adds up some of them.
bool read_row(Bytes blob, Sums& sums, std::string& scratch)
{
    auto const archive = plist::KeyedArchive::parse(blob);
    if (!archive)
        return false;
    auto const [size, mode, user, group, inode, birth, modified, changed, protection, flags, path, key,
        digest, target, attributes]
        = archive->root().find_fields<15>({ "Size", "Mode", "UserID", "GroupID", "InodeNumber", "Birth",
            "LastModified", "LastStatusChange", "ProtectionClass", "Flags", "RelativePath", "EncryptionKey",
            "Digest", "Target", "ExtendedAttributes" });
    for (auto const* number :
        { &size, &mode, &user, &group, &inode, &birth, &modified, &changed, &protection, &flags })
        if (!number->as_int())
            return false;
    sums.sizes += *size.as_int();
    sums.path_bytes += path.stored().as_text(scratch).value_or("").size();
    sums.key_bytes += key.as_data().value_or(Bytes {}).size() + digest.as_data().value_or(Bytes {}).size();
    benchmark::DoNotOptimize(target.as_text());
    benchmark::DoNotOptimize(attributes.as_data());
    return true;
}

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check_answer()
{
    Sums sums;
    std::string scratch;
    for (auto const& blob : blobs())
        require(read_row(as_bytes(std::string_view { blob }), sums, scratch));
    require(sums.sizes == static_cast<std::int64_t>(kRows * (kRows - 1) / 2 * 1000));
    require(sums.key_bytes == kRows * 3 / 4 * 44 + kRows / 2 * 20);
    // 39 + 3 characters around numbers of one to four digits.
    require(sums.path_bytes == kRows * 42 + 10 + 90 * 2 + 900 * 3 + (kRows - 1000) * 4);
}

void read_backup_files(benchmark::State& state)
{
    check_answer();
    auto const bytes = std::accumulate(blobs().begin(), blobs().end(), std::size_t { 0 },
        [](std::size_t sum, std::string const& blob) { return sum + blob.size(); });
    std::string scratch;
    for (auto _ : state) {
        Sums sums;
        for (auto const& blob : blobs())
            require(read_row(as_bytes(std::string_view { blob }), sums, scratch));
        benchmark::DoNotOptimize(sums);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(read_backup_files);

void open_only(benchmark::State& state)
{
    for (auto _ : state)
        for (auto const& blob : blobs())
            require(plist::KeyedArchive::parse(as_bytes(std::string_view { blob })).has_value());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(open_only);

} // namespace
