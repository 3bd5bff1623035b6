#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Traces that rules must find, and near misses that they must not. Everything is invented and harmless.
namespace exhibit::sample {

enum class Form : unsigned char { trace, near_miss };

struct PhoneFile {
    std::string_view domain; ///< of a backup; empty: only a copy of the file system holds it
    std::string path; ///< below the domain's folder, or below the root
    std::string content;
    bool folder = false;
};

struct TraceSet {
    std::vector<PhoneFile> files;
    /// Rules to the severity that they must speak with; for near misses all of them must be silent.
    std::vector<std::pair<std::string_view, std::string_view>> in_backup;
    std::vector<std::pair<std::string_view, std::string_view>> in_file_system;
};

TraceSet make_traces(Form form);

/// Adds those in Biome, PowerLog and the app privacy report.
void add_device_use_traces(Form form, TraceSet& set);

/// Adds those in profiles of apps, logs of services and sites that led elsewhere.
void add_app_traces(Form form, TraceSet& set);

/// 2021-05-06 00:00:00 UTC in seconds since 1970: when folders and files of the traces were changed.
constexpr std::int64_t kTraceTime = 1'620'259'200;

} // namespace exhibit::sample
