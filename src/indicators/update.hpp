#pragma once

#include "base/result.hpp"
#include "indicators/download.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

/// The public index of the mvt-indicators project: the only address that this program contacts unless
/// told another, and only for `update`. Its packs of type `github` lie on the same host.
constexpr std::string_view kDefaultIndexUrl
    = "https://raw.githubusercontent.com/mvt-project/mvt-indicators/main/indicators.yaml";

/// The user's folder of indicators: `$XDG_DATA_HOME/exhibit/indicators`, or below `~/.local/share`. Empty
/// when neither variable is set. `update` keeps what it fetches in its subfolder `public` and touches
/// nothing else in it, so that own packs can lie beside.
std::filesystem::path default_folder();
constexpr std::string_view kPublicFolder = "public";

enum class UpdateOutcome : std::uint8_t {
    fetched, ///< new, or changed since the last update
    unchanged,
    kept, ///< could not be fetched or used: the earlier file stays
    failed, ///< could not be fetched or used, and there is no earlier file
    removed, ///< no longer in the index
};
std::string_view name_of(UpdateOutcome);

struct PackUpdate {
    std::string title;
    std::string file; ///< in the `public` folder
    std::string url;
    std::string sha256; ///< of the file that is there now; empty for `failed` and `removed`
    std::string
        message; ///< why, for `kept` and `failed`; what is wrong with one that was `fetched` all the same
    std::uint64_t bytes = 0;
    std::uint32_t indicators = 0;
    UpdateOutcome outcome = UpdateOutcome::failed;
};

struct UpdateOptions {
    std::string index_url { kDefaultIndexUrl };
    std::string pack_base; ///< where `github` entries lie; empty: on the host of the index
    std::filesystem::path folder; ///< empty: `default_folder()`
    LocalHttp local_http = LocalHttp::refused;
    DownloadLimits limits; ///< for each pack
    DownloadLimits all_limits { std::size_t { 512 } << 20U,
        std::chrono::minutes { 10 } }; ///< for all together
    std::stop_token stop;
    std::function<void(PackUpdate const&)> progress; ///< called after each pack; may be empty
};

struct UpdateFailure {
    Fault fault = Fault::io;
    /// With the address and what was said there, where it came from the network: escape before printing.
    std::string what;
    std::string_view advice;
};

/// Fetches the index and its packs and puts them in place all at once: whoever reads the folder sees the
/// earlier packs or the new ones, never a mixture. Fails, and changes nothing, when the index cannot be
/// had, nothing in it can be used, or the folder cannot be written.
std::expected<std::vector<PackUpdate>, UpdateFailure> update(UpdateOptions const& options);

} // namespace exhibit::indicators
