#pragma once

#include "acquisition/acquisition.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

namespace exhibit::test {

using Files = std::map<std::string, std::string>;

inline std::unique_ptr<Acquisition> opened(std::filesystem::path const& path, OpenOptions const& options = {})
{
    auto acquisition = open_acquisition(path, options);
    EXPECT_TRUE(acquisition.has_value()) << path << ": " << (acquisition ? "" : acquisition.error().message);
    return acquisition ? std::move(*acquisition) : nullptr;
}

/// Path and content of every file that an acquisition shows.
inline Files files_of(Acquisition const& acquisition)
{
    Files files;
    EXPECT_TRUE(acquisition.visit([&](EntryView const& view) {
        if (view.kind != EntryKind::file)
            return true;
        auto const source = acquisition.open(Entry { view });
        EXPECT_TRUE(source.has_value()) << view.path;
        if (source) {
            EXPECT_EQ((*source)->size(), view.size) << view.path;
            files[std::string { view.path }] = as_text(read_all(**source, 64U << 20U).value().bytes());
        }
        return true;
    }));
    return files;
}

inline std::string fact_of(Acquisition const& acquisition, std::string_view name)
{
    for (auto const& fact : acquisition.facts())
        if (fact.name == name)
            return fact.value;
    return {};
}

inline std::string problems_of(Acquisition const& acquisition)
{
    std::string text;
    for (auto const& problem : acquisition.problems())
        text += (problem.damage ? "! " : "") + problem.message + "\n";
    return text;
}

/// Writes files into a folder, by their paths in it.
inline void write_files(std::filesystem::path const& folder, Files const& files)
{
    for (auto const& [name, content] : files) {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream { folder / name, std::ios::binary } << content;
    }
}

} // namespace exhibit::test
