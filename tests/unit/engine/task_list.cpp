#include "engine/task_list.hpp"

#include "engine/run.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>

namespace {

using namespace exhibit;
using namespace std::string_literals;

EntryView view_of(std::string_view path, std::string_view stored, std::uint64_t handle = 0)
{
    EntryView view;
    view.path = path;
    view.stored = stored;
    view.handle = handle;
    return view;
}

TEST(EntryStore, gives_back_what_was_added)
{
    std::vector<std::pair<std::string, std::string>> const places {
        { "/private/var/mobile/Media/DCIM/100APPLE/IMG_0001.HEIC",
            "CameraRollDomain::Media/DCIM/100APPLE/IMG_0001.HEIC" },
        { "/private/var/mobile/Media/DCIM/100APPLE/IMG_0002.HEIC",
            "CameraRollDomain::Media/DCIM/100APPLE/IMG_0002.HEIC" },
        { "/private/var/mobile/Media/DCIM/100APPLE/IMG_0002.HEIC", "another place" },
        { "", "" },
        { "", "only stored" },
        { "/only/a/path", "" },
        { "/same", "/same" },
        { "/same", "/same" },
        { "/same/and/more", "/same/and/more" },
        { "/a" + std::string(3'000'000, 'x'), "b" + std::string(3'000'000, 'x') },
        { "/a" + std::string(3'000'000, 'x') + "y", "b" + std::string(3'000'000, 'x') + "y" },
        { "/behind/the/long/one", "the/long/one" },
    };
    EntryStore store;
    for (auto const& [path, stored] : places)
        store.add(view_of(path, stored));
    ASSERT_EQ(store.size(), places.size());
    for (std::size_t at = 0; at != places.size(); ++at) {
        auto const entry = store[at];
        EXPECT_EQ(entry.path, places[at].first) << at;
        EXPECT_EQ(entry.stored, places[at].second) << at;
        EXPECT_EQ(store.path(at).size(), places[at].first.size()) << at;
    }
}

TEST(EntryStore, keeps_every_field)
{
    EntryView view = view_of("/a", "b", 7);
    view.size = 1ULL << 40U;
    view.modified = Timestamp { Timestamp::duration { -5 } };
    view.wall_clock = Timestamp { Timestamp::duration { 6 } };
    view.mark = 200;
    EntryStore store;
    store.add(view);
    store.add(view_of("/a", "b"));
    auto const entry = store[0];
    EXPECT_EQ(entry.kind, EntryKind::file);
    EXPECT_EQ(entry.size, view.size);
    EXPECT_EQ(entry.modified, view.modified);
    EXPECT_EQ(entry.handle, 7U);
    EXPECT_EQ(entry.wall_clock, view.wall_clock);
    EXPECT_EQ(entry.mark, 200);
    auto const other = store[1];
    EXPECT_EQ(other.modified, std::nullopt);
    EXPECT_EQ(other.wall_clock, std::nullopt);
}

TEST(EntryStore, paths_compare_as_the_texts_that_they_are)
{
    std::vector<std::string> paths;
    for (std::string const folder : { "/data/long/folder/of/many", "/data/long/folder/of/man", "/data", "" })
        for (std::string const name : { "", "y", "/", "/a", "/aa", "/\xFF", "\x01" })
            paths.push_back(folder + name);
    EntryStore store;
    for (auto const& path : paths)
        store.add(view_of(path, "somewhere"));
    for (std::size_t one = 0; one != paths.size(); ++one)
        for (std::size_t other = 0; other != paths.size(); ++other)
            EXPECT_EQ(store.path(one) <=> store.path(other), paths[one].compare(paths[other]) <=> 0)
                << paths[one] << " and " << paths[other];
}

TEST(TaskList, one_entry_twice_in_one_place_is_one_task)
{
    static constexpr std::array<std::string_view, 1> patterns { "/a" };
    static constexpr Artifact artifact { "test.one", "One", "One.", Platform::android, patterns, {},
        [](Input const&, Context&) -> Result<void> { return {}; } };
    TaskList tasks;
    for (auto const& [stored, handle] : { std::pair { "b", 2 }, { "a", 1 }, { "b", 2 }, { "b", 1 } }) {
        tasks.add_entry(view_of("/a", stored, static_cast<std::uint64_t>(handle)));
        tasks.add(artifact);
    }
    tasks.sort_from(0);
    std::vector<std::string> places;
    for (auto const& task : tasks)
        places.push_back(
            fmt::format("{} {} {} {}", task.number, task.entry_id, task.entry.stored, task.entry.handle));
    EXPECT_EQ(places, (std::vector { "1 2 a 1"s, "2 4 b 1"s, "3 1 b 2"s }));
}

TEST(TaskOutcomes, keep_what_they_are_given)
{
    static constexpr std::array<std::string_view, 1> patterns { "/a" };
    static constexpr Artifact artifact { "test.one", "One", "One.", Platform::android, patterns, {},
        [](Input const&, Context&) -> Result<void> { return {}; } };
    constexpr auto time = [](std::int64_t micros) { return Timestamp { Timestamp::duration { micros } }; };
    struct Case {
        std::uint64_t rows;
        std::optional<Timestamp> first;
        std::optional<Timestamp> last;
    };
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    std::array const cases { Case { 0, {}, {} }, Case { 1, time(7), time(7) }, Case { 2, time(-9), time(5) },
        Case { 3, time(0), time(4294967295) }, Case { 4, time(0), time(4294967296) },
        Case { 5, time(-largest), time(largest) }, Case { 6, Timestamp::min(), Timestamp::min() },
        Case { 1ULL << 33U, {}, {} }, Case { 8, time(3), {} } };
    TaskList tasks;
    TaskOutcomes outcomes { cases.size() };
    for (std::size_t at = 0; at != cases.size(); ++at) {
        tasks.add_entry(view_of("/a", "b", at));
        tasks.add(artifact);
        TaskOutcome outcome;
        outcome.coverage.state = cases[at].rows == 0 ? "empty" : "parsed";
        outcome.coverage.rows = cases[at].rows;
        outcome.coverage.first_seen = cases[at].first;
        outcome.coverage.last_seen = cases[at].last;
        outcomes.set(at, std::move(outcome));
    }
    for (std::size_t at = 0; at != cases.size(); ++at) {
        auto const record = outcomes.coverage(at, tasks);
        EXPECT_EQ(record.rows, cases[at].rows) << at;
        EXPECT_EQ(record.first_seen, cases[at].first) << at;
        EXPECT_EQ(record.last_seen, cases[at].last) << at;
        EXPECT_EQ(record.state, cases[at].rows == 0 ? "empty" : "parsed") << at;
    }
}

} // namespace
