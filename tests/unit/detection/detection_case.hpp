#pragma once

#include "base/recovered_place.hpp"
#include "casefile/case_writer.hpp"
#include "casefile/schema.hpp"
#include "detection/detect.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace exhibit::test {

struct Message {
    Time sent;
    std::string_view text;
    std::string_view direction = "received";
    std::string_view device_id = {};
    Time edited = {};
};
inline constexpr std::array kMessageColumns {
    column<&Message::sent>("sent", Clock::unix_seconds, "When."),
    column<&Message::text>("text", Is::free_text, "What."),
    column<&Message::direction>("direction", Is::opaque, "Which way."),
    column<&Message::device_id>("device_id", Is::opaque, "Which other device."),
    column<&Message::edited>("edited", Clock::unix_seconds, "When it was changed."),
};
inline constexpr std::array kMessageEvents {
    Event { "sent", "message", "{text}" },
    Event { "edited", "message_edited", "{text}" },
};
inline constexpr auto kMessages
    = table<Message>("t_message", "Messages.", Relation::received, kMessageColumns, kMessageEvents);

struct Usage {
    Time used;
    std::string_view process;
    std::string_view note = {};
    std::string_view bundle_id = {};
};
inline constexpr std::array kUsageColumns {
    column<&Usage::used>("used", Clock::unix_seconds, "When."),
    column<&Usage::process>("process", Is::process, "Who."),
    column<&Usage::note>("note", Is::system_text, "What else."),
    column<&Usage::bundle_id>("bundle_id", Is::process, "The app."),
};
inline constexpr std::array kUsageEvents { Event { "used", "usage", "{process}" } };
inline constexpr auto kUsages
    = table<Usage>("t_usage", "Usage.", Relation::traffic, kUsageColumns, kUsageEvents);

struct File {
    std::string_view path;
};
inline constexpr std::array kFileColumns { column<&File::path>("path", Is::path, "Where.") };
inline constexpr auto kFiles = table<File>("t_file", "Files.", Relation::present, kFileColumns);

inline constexpr std::array<Table const*, 1> kMessageTables { &kMessages };
inline constexpr std::array<Table const*, 1> kUsageTables { &kUsages };
inline constexpr std::array<Table const*, 1> kFileTables { &kFiles };
inline constexpr Artifact kMessageArtifact { "ios.t_message", "Messages", "Messages of a test.",
    Platform::ios, {}, kMessageTables, nullptr, true };
inline constexpr Artifact kUsageArtifact { "ios.t_usage", "Network usage", "Usage of a test.", Platform::ios,
    {}, kUsageTables, nullptr, true };
inline constexpr Artifact kFileArtifact { "ios.t_file", "Files", "Files of a test.", Platform::ios, {},
    kFileTables, nullptr };
inline constexpr std::array<Artifact const*, 3> kArtifacts { &kMessageArtifact, &kUsageArtifact,
    &kFileArtifact };

inline Time at(std::int64_t seconds)
{
    return Time::unix_seconds(1'680'000'000 + seconds);
}

/// A small case file with three artifacts: messages, network usage and files.
class DetectionCase : public ::testing::Test {
protected:
    struct Rows {
        std::vector<Message> messages;
        std::vector<Usage> usages;
        std::vector<File> files;
        std::vector<std::size_t>
            message_tasks {}; ///< how many messages each task gives; one gives all when empty
        std::vector<std::size_t>
            earlier {}; ///< the rows of every table with these numbers are earlier versions
    };

    /// The observers, unless there are none, see the rows of the tasks by turns.
    void write(Rows const& rows, std::vector<std::string> const& absent = {},
        std::span<RowObserver* const> observers = {})
    {
        auto writer = CaseWriter::create(m_path, kArtifacts).value();
        std::vector<CoverageRecord> coverage;
        std::int64_t task = 0;
        auto const load
            = [&](auto const& table, auto const& tables, auto const& all, std::string_view artifact) {
                  ++task;
                  TaskSink sink { writer.pages(), task, task, tables, {}, {}, m_rows };
                  if (!observers.empty())
                      sink.watch(observers[static_cast<std::size_t>(task) % observers.size()]);
                  for (std::size_t i = 0; i != all.size(); ++i) {
                      bool const is_earlier = std::ranges::find(rows.earlier, i) != rows.earlier.end();
                      RecoveredPlace const place { .page = 2, .frame = 3, .earlier_version = true };
                      Origin const earlier { place.locator(), Recovered::wal_frame };
                      ASSERT_TRUE(sink.add(table, all[i], is_earlier ? earlier : Origin {}).has_value());
                  }
                  auto done = sink.finish();
                  CoverageRecord record;
                  record.artifact = artifact;
                  bool const is_absent = std::ranges::find(absent, artifact) != absent.end();
                  record.state = is_absent ? "absent" : all.empty() ? "empty" : "parsed";
                  record.rows = all.size();
                  record.first_seen = done.first_seen;
                  record.last_seen = done.last_seen;
                  coverage.push_back(record);
                  writer.add(task, std::move(done.tables));
              };
        auto const all = std::span { rows.messages };
        std::size_t begin = 0;
        for (auto const count : rows.message_tasks) {
            load(kMessages, kMessageTables, all.subspan(begin, count), "ios.t_message");
            begin += count;
        }
        if (begin != all.size() || all.empty())
            load(kMessages, kMessageTables, all.subspan(begin), "ios.t_message");
        load(kUsages, kUsageTables, rows.usages, "ios.t_usage");
        load(kFiles, kFileTables, rows.files, "ios.t_file");
        finish(writer, coverage);
    }

    static void finish(CaseWriter& writer, std::vector<CoverageRecord> const& coverage)
    {
        auto const show = [&](auto const& sink) -> Result<void> {
            for (auto const& record : coverage)
                EXHIBIT_TRY(sink(record));
            return {};
        };
        ASSERT_TRUE(writer.load_coverage(show).has_value());
        ASSERT_TRUE(writer.finish_loading().has_value());
        ASSERT_TRUE(writer.write_info("schema_version", std::to_string(kSchemaVersion)).has_value());
        ASSERT_TRUE(writer.commit(Replace::yes).has_value());
    }

    static indicators::IndicatorSet set_of(
        std::vector<std::pair<indicators::Kind, std::string_view>> const& values,
        std::string_view campaign = "Testware", std::optional<Timestamp> created = {})
    {
        indicators::SetBuilder builder;
        indicators::Pack pack;
        pack.file = "test.stix2";
        pack.title = campaign;
        builder.begin_pack(pack);
        std::array const names { indicators::Name { campaign, "malware" } };
        for (auto const& [kind, value] : values) {
            indicators::RawIndicator raw;
            raw.id = value;
            raw.kind = kind;
            raw.value = value;
            raw.names = names;
            raw.created = created;
            builder.add(raw);
        }
        return builder.build();
    }

    detection::Detection run(indicators::IndicatorSet const* set, detection::RuleSet const& rules,
        unsigned jobs = 1, detection::Compared const* compared = nullptr)
    {
        detection::DetectionInputs inputs;
        inputs.compared = compared;
        inputs.indicators = set;
        inputs.rules = &rules;
        inputs.jobs = jobs;
        return detection::detect(m_path, inputs).value();
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_path = m_folder.path() / "a.exhibit";
    std::atomic<std::uint64_t> m_rows = 0;
};

} // namespace exhibit::test
