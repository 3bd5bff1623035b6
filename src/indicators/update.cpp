#include "indicators/update.hpp"

#include "base/environment.hpp"
#include "base/time.hpp"
#include "indicators/digest.hpp"
#include "indicators/load.hpp"
#include "indicators/pack_folder.hpp"
#include "indicators/public_index.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace exhibit::indicators {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestDownloadedIndex = 1U << 20U;

std::string now_text()
{
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return to_iso(Timestamp { now });
}

/// The file of an earlier update, if it is there and what its note says.
std::optional<std::string> earlier_text(fs::path const& folder, KeptPack const& pack)
{
    std::ifstream file { folder / pack.file, std::ios::binary };
    if (!file)
        return std::nullopt;
    std::string text { std::istreambuf_iterator<char> { file }, {} };
    return sha256_hex(text) == pack.sha256 ? std::optional { std::move(text) } : std::nullopt;
}

/// What a text is worth.
struct Worth {
    std::uint32_t indicators = 0; ///< usable ones
    bool damaged = false; ///< cut off, or otherwise not what its publisher wrote
};

Worth worth_of(std::string const& file, std::string_view text)
{
    SetBuilder builder;
    load_pack(builder, file, text);
    auto const set = builder.build();
    return { set.packs()[0].indicators,
        std::ranges::find(set.problems(), Reason::damaged_file, &Problem::reason) != set.problems().end() };
}

class Updater {
public:
    explicit Updater(UpdateOptions const& options, fs::path folder)
        : m_options(options)
        , m_folder(std::move(folder))
        , m_downloader(options.local_http, options.stop)
    {
    }

    /// Of a failure that came from the network, the address and what was said there.
    [[nodiscard]] UpdateFailure failure_of(Error const& error) const
    {
        auto const& detail = m_downloader.detail();
        return { error.fault, std::string { error.what } + (detail.empty() ? "" : ": " + detail),
            m_downloader.advice() };
    }

    Result<std::vector<PackUpdate>> run()
    {
        DownloadLimits index_limits = m_options.limits;
        index_limits.bytes = kLargestDownloadedIndex;
        auto const yaml = EXHIBIT_TRY(m_downloader.fetch(m_options.index_url, index_limits));
        auto const base = m_options.pack_base.empty() ? origin_of(m_options.index_url) : m_options.pack_base;
        auto const entries = EXHIBIT_TRY(read_public_index(yaml, base));
        auto next = EXHIBIT_TRY(ReplacementFolder::open(m_folder));
        m_earlier = read_kept_packs(m_folder);
        for (auto const& entry : entries) {
            if (m_options.stop.stop_requested())
                return fail(Fault::cancelled, "the update was cancelled");
            EXHIBIT_TRY(take(entry, next));
        }
        if (m_kept.empty())
            return fail(Fault::missing, "no pack of the index could be fetched and used");
        note_removed();
        EXHIBIT_TRY(next.write(kIndexFile, kept_packs_text(m_kept, m_options.index_url)));
        EXHIBIT_TRY(next.commit());
        return std::move(m_updates);
    }

private:
    Result<void> take(IndexEntry const& entry, ReplacementFolder const& next)
    {
        KeptPack pack { entry.file, entry.title, entry.url, {}, now_text(), {}, entry.sources,
            entry.references };
        auto const* earlier = find_earlier(entry.url);
        auto before = earlier == nullptr ? std::nullopt : earlier_text(m_folder, *earlier);
        auto text = fetch(entry, pack, before.has_value());
        bool const fetched = text.has_value();
        if (!fetched)
            text = std::move(before);
        if (!text) {
            report(pack, UpdateOutcome::failed);
            return {};
        }
        auto outcome = fetched ? UpdateOutcome::fetched : UpdateOutcome::kept;
        if (!fetched) {
            pack.sha256 = earlier->sha256;
            pack.fetched = earlier->fetched;
            pack.indicators = earlier->indicators;
        } else {
            pack.sha256 = sha256_hex(*text);
            if (earlier != nullptr && earlier->sha256 == pack.sha256)
                outcome = UpdateOutcome::unchanged;
        }
        pack.bytes = text->size();
        EXHIBIT_TRY(next.write(pack.file, *text));
        report(pack, outcome);
        m_kept.push_back(std::move(pack));
        return {};
    }

    /// The text of a pack that holds something to compare, a damaged one only where there was none before;
    /// else nothing. What is wrong is in `pack.error`.
    std::optional<std::string> fetch(IndexEntry const& entry, KeptPack& pack, bool was_there)
    {
        if (!entry.problem.empty()) {
            pack.error = entry.problem;
            return std::nullopt;
        }
        auto const limits = limits_left();
        if (limits.bytes == 0 || limits.time.count() <= 0) {
            pack.error = "the packs of the index together are too large, or take too long to fetch";
            return std::nullopt;
        }
        auto text = m_downloader.fetch(entry.url, limits);
        m_fetched += text ? text->size() : 0;
        if (!text) {
            auto const& detail = m_downloader.detail();
            pack.error = std::string { text.error().what } + (detail.empty() ? "" : ": " + detail);
            return std::nullopt;
        }
        auto const worth = worth_of(entry.file, *text);
        pack.indicators = worth.indicators;
        if (pack.indicators == 0) {
            pack.error = "the file holds no indicator that can be used";
            return std::nullopt;
        }
        if (!worth.damaged)
            return std::move(*text);
        pack.error = was_there ? "the file is damaged or cut off"
                               : "the file is damaged or cut off; what could be read is used";
        return was_there ? std::nullopt : std::optional { std::move(*text) };
    }

    /// What one more pack may take of what all together may.
    [[nodiscard]] DownloadLimits limits_left() const
    {
        auto const& all = m_options.all_limits;
        auto const took
            = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - m_begin);
        return { std::min(m_options.limits.bytes, all.bytes - std::min(all.bytes, m_fetched)),
            std::min(m_options.limits.time, all.time - took) };
    }

    KeptPack const* find_earlier(std::string_view url) const
    {
        auto const found = std::ranges::find(m_earlier, url, &KeptPack::url);
        return url.empty() || found == m_earlier.end() ? nullptr : &*found;
    }

    void note_removed()
    {
        for (auto const& pack : m_earlier)
            if (std::ranges::find(m_updates, pack.url, &PackUpdate::url) == m_updates.end())
                report({ pack.file, pack.title, pack.url, {}, {}, {}, {}, {} }, UpdateOutcome::removed);
    }

    void report(KeptPack const& pack, UpdateOutcome outcome)
    {
        m_updates.push_back({ pack.title, pack.file, pack.url, pack.sha256, pack.error, pack.bytes,
            pack.indicators, outcome });
        if (m_options.progress)
            m_options.progress(m_updates.back());
    }

    UpdateOptions const& m_options;
    fs::path m_folder;
    Downloader m_downloader;
    std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
    std::size_t m_fetched = 0; ///< bytes
    std::vector<KeptPack> m_earlier;
    std::vector<KeptPack> m_kept;
    std::vector<PackUpdate> m_updates;
};

/// A folder that is there and holds something else than what an update wrote.
bool is_foreign(fs::path const& folder)
{
    std::error_code error;
    return fs::exists(fs::symlink_status(folder, error)) && !fs::is_regular_file(folder / kIndexFile, error)
        && !(fs::is_directory(folder, error) && fs::is_empty(folder, error));
}

} // namespace

std::string_view name_of(UpdateOutcome outcome)
{
    constexpr std::array<std::string_view, 5> names { "fetched", "unchanged", "kept", "failed", "removed" };
    return names[static_cast<std::size_t>(outcome)];
}

fs::path default_folder()
{
    auto base = fs::path { environment("XDG_DATA_HOME") };
    if (!base.is_absolute()) { // the specification says to ignore relative paths
        auto const home = environment("HOME");
        if (home.empty())
            return {};
        base = fs::path { home } / ".local" / "share";
    }
    return base / "exhibit" / "indicators";
}

std::expected<std::vector<PackUpdate>, UpdateFailure> update(UpdateOptions const& options)
{
    auto const failed = [](Fault fault, std::string what) {
        return std::unexpected(UpdateFailure { fault, std::move(what), {} });
    };
    auto const folder = options.folder.empty() ? default_folder() : options.folder;
    if (folder.empty())
        return failed(Fault::missing, "there is no folder for the user's data: HOME is not set");
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return failed(Fault::io, "the folder of indicators cannot be created");
    if (is_foreign(folder / kPublicFolder))
        return failed(Fault::unsupported,
            "the folder 'public' there was not made by an update, and an update would replace it");
    Updater updater { options, folder / kPublicFolder };
    auto updated = updater.run();
    if (updated)
        return std::move(*updated);
    return std::unexpected(updater.failure_of(updated.error()));
}

} // namespace exhibit::indicators
