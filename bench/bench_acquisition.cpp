// Opens encrypted backups: the key derivation and the decryption against OpenSSL's own calls in the same run,
// and the manifest of a large backup.
#include "acquisition/acquisition.hpp"
#include "formats/crypto/cbc_source.hpp"
#include "formats/crypto/pbkdf2.hpp"
#include "support/backup_builder.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <openssl/evp.h>
#include <string>
#include <vector>

namespace {

using namespace exhibit;

constexpr std::uint64_t kIterations = 1'000'000;
constexpr std::size_t kContent = 64U << 20U;
constexpr std::size_t kRows = 150'000;

void require(bool held)
{
    if (!held)
        std::abort();
}

std::string derive_here(HashCode code)
{
    std::string key(32, '\0');
    Pbkdf2Options options;
    options.code = code;
    require(pbkdf2(PasswordHash::sha256, as_bytes("password"), as_bytes("salt of twenty bytes"), kIterations,
        std::as_writable_bytes(std::span { key }), options)
            .has_value());
    return key;
}

std::string derive_with_openssl()
{
    std::string key(32, '\0');
    require(
        PKCS5_PBKDF2_HMAC("password", 8, reinterpret_cast<unsigned char const*>("salt of twenty bytes"), 20,
            static_cast<int>(kIterations), EVP_sha256(), 32, reinterpret_cast<unsigned char*>(key.data()))
        == 1);
    return key;
}

void pbkdf2_here(benchmark::State& state)
{
    require(derive_here(HashCode::automatic) == derive_with_openssl());
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(derive_here(HashCode::automatic));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kIterations));
}
BENCHMARK(pbkdf2_here)->Unit(benchmark::kMillisecond);

void pbkdf2_without_sha_instructions(benchmark::State& state)
{
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(derive_here(HashCode::portable));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kIterations));
}
BENCHMARK(pbkdf2_without_sha_instructions)->Unit(benchmark::kMillisecond);

void pbkdf2_openssl_one_call(benchmark::State& state)
{
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(derive_with_openssl());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kIterations));
}
BENCHMARK(pbkdf2_openssl_one_call)->Unit(benchmark::kMillisecond);

std::string const& ciphertext()
{
    static auto const made
        = test::encrypt_cbc(test::test_key(1), std::string(kContent, 'c'), test::Padding::none);
    return made;
}

CbcSource decrypting()
{
    return CbcSource { std::make_unique<MemorySource>(as_bytes(ciphertext())), test::test_key(1), AesBlock {},
        kContent };
}

void cbc_in_order(benchmark::State& state)
{
    auto const source = decrypting();
    std::vector<std::byte> piece(static_cast<std::size_t>(state.range(0)));
    for ([[maybe_unused]] auto _ : state)
        for (std::uint64_t at = 0; at < kContent; at += piece.size())
            require(source.read_at(at, piece).value() == piece.size() && piece[1] == std::byte { 'c' });
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kContent));
}
BENCHMARK(cbc_in_order)->Arg(4096)->Arg(65'536)->Arg(1 << 20)->Unit(benchmark::kMillisecond);

void cbc_openssl_alone(benchmark::State& state)
{
    auto const key = test::test_key(1);
    std::vector<std::byte> piece(static_cast<std::size_t>(state.range(0)));
    CipherContext const context { EVP_CIPHER_CTX_new() };
    std::array<unsigned char, 16> const zero {};
    for ([[maybe_unused]] auto _ : state) {
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, as_openssl(key.bytes()), zero.data());
        EVP_CIPHER_CTX_set_padding(context.get(), 0);
        for (std::size_t at = 0; at < kContent; at += piece.size()) {
            int written = 0;
            EVP_DecryptUpdate(context.get(), room_for_openssl(piece), &written,
                as_openssl(as_bytes(ciphertext()).subspan(at, piece.size())), static_cast<int>(piece.size()));
            require(piece[1] == std::byte { 'c' });
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kContent));
}
BENCHMARK(cbc_openssl_alone)->Arg(65'536)->Unit(benchmark::kMillisecond);

/// A backup whose manifest lists many files and holds none of them.
void visit_manifest(benchmark::State& state)
{
    test::TemporaryFolder const folder;
    auto const encrypted = state.range(0) != 0;
    test::BackupBuilder builder { folder / "b", { .encrypted = encrypted } };
    for (std::size_t i = 0; i < kRows; ++i) {
        auto const domain = "AppDomain-com.example.application" + std::to_string(i % 500);
        auto const path = "Library/Caches/com.example.application/" + std::to_string(i) + ".db";
        builder.add({ .domain = domain, .path = path, .content = "x", .has_payload = false });
    }
    builder.finish();
    OpenOptions options;
    options.password = [] { return std::optional<std::string> { "correct horse" }; };
    auto const backup = open_acquisition(folder / "b", options);
    require(backup.has_value());
    for ([[maybe_unused]] auto _ : state) {
        std::size_t files = 0;
        require((*backup)->visit([&](EntryView const&) { return ++files != 0; }).has_value());
        require(files >= kRows);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(visit_manifest)->Arg(0)->Arg(1)->ArgName("encrypted")->Unit(benchmark::kMillisecond);

} // namespace
