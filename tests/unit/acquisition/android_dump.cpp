#include "acquisition/android/dump_index.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>

namespace {

using namespace exhibit;
using android::DumpIndex;

std::string const kGroup(56, '=');
std::string const kRuler(79, '-');

/// A source that is not in memory, so that windows end anywhere.
class FarSource final : public Source {
public:
    explicit FarSource(std::string_view text)
        : m_memory(as_bytes(text))
    {
    }
    [[nodiscard]] std::uint64_t size() const override { return m_memory.size(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_memory.read_at(offset, into);
    }

private:
    MemorySource m_memory;
};

/// What every section of a text holds, by its path.
std::map<std::string, std::string> sections_of(std::string const& text)
{
    auto const source = std::make_shared<FarSource>(text);
    auto const index = android::index_dump(*source).value();
    std::map<std::string, std::string> sections;
    for (auto const& section : index.sections) {
        auto const content = read_all(*android::open_section(source, section), text.size() + 1).value();
        EXPECT_EQ(content.bytes().size(), section.size);
        auto const number = section.number == 1 ? "" : fmt::format(" ({})", section.number);
        sections[section.path() + number] = as_text(content.bytes());
    }
    MemorySource const memory { as_bytes(text) };
    EXPECT_EQ(android::index_dump(memory).value().sections.size(), index.sections.size());
    return sections;
}

using Sections = std::map<std::string, std::string>;

TEST(AndroidDump, a_service_ends_at_its_own_closing_line_which_belongs_to_it)
{
    std::string const end = "--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\n";
    EXPECT_EQ(sections_of("DUMP OF SERVICE a:\nx\n" + end + "rest\n"),
        (Sections { { "@dumpsys/a", "DUMP OF SERVICE a:\nx\n" + end } }));
}

TEST(AndroidDump, a_service_ends_at_the_next_service_without_the_ruler_that_belongs_to_that)
{
    EXPECT_EQ(sections_of(kRuler + "\nDUMP OF SERVICE a:\nx\n" + kRuler + "\nDUMP OF SERVICE b:\ny\n"),
        (Sections { { "@dumpsys/a", kRuler + "\nDUMP OF SERVICE a:\nx\n" },
            { "@dumpsys/b", kRuler + "\nDUMP OF SERVICE b:\ny\n" } }));
}

TEST(AndroidDump, rulers_and_the_closing_lines_of_others_end_nothing)
{
    auto const text = "DUMP OF SERVICE activity:\n" + kRuler + "\nx\n"
        + "--------- 0.1s was the duration of dumpsys other, ending at: 2024-05-01 10:11:12\n"
        + std::string(55, '=') + "\n" + std::string(57, '=') + "\ny\n";
    EXPECT_EQ(sections_of(text), (Sections { { "@dumpsys/activity", text } }));
}

TEST(AndroidDump, a_group_and_the_header_of_a_command_end_a_service)
{
    EXPECT_EQ(sections_of("DUMP OF SERVICE a:\nx\n" + kGroup
                  + "\nno\nDUMP OF SERVICE b:\ny\n"
                    "------ KERNEL LOG (dmesg) ------\nk\n"),
        (Sections { { "@dumpsys/a", "DUMP OF SERVICE a:\nx\n" }, { "@dumpsys/b", "DUMP OF SERVICE b:\ny\n" },
            { "@dumpstate/kernel_log", "------ KERNEL LOG (dmesg) ------\nk\n" } }));
}

TEST(AndroidDump, urgent_services_have_the_name_of_the_service)
{
    auto const sections = sections_of(
        "DUMP OF SERVICE CRITICAL a:\nx\nDUMP OF SERVICE a:\nlonger\nDUMP OF SERVICE HIGH a:\n");
    EXPECT_EQ(sections,
        (Sections { { "@dumpsys/a", "DUMP OF SERVICE CRITICAL a:\nx\n" },
            { "@dumpsys/a (2)", "DUMP OF SERVICE a:\nlonger\n" },
            { "@dumpsys/a (3)", "DUMP OF SERVICE HIGH a:\n" } }));
}

TEST(AndroidDump, a_text_that_looks_like_a_section_hides_no_section)
{
    std::string const fake = "DUMP OF SERVICE b:\n" + std::string(1000, 'x') + "\n";
    std::string const end = "--------- 0.1s was the duration of dumpsys b, ending at: 2024-05-01 10:11:12\n";
    EXPECT_EQ(sections_of("DUMP OF SERVICE a:\nvalue: " + kRuler + "\n" + fake + end
                  + "DUMP OF SERVICE b:\nreal\n" + end),
        (Sections { { "@dumpsys/a", "DUMP OF SERVICE a:\nvalue: " + kRuler + "\n" },
            { "@dumpsys/b", fake + end }, { "@dumpsys/b (2)", "DUMP OF SERVICE b:\nreal\n" + end } }));
}

TEST(AndroidDump, a_text_that_reads_like_the_end_of_its_service_hides_nothing_behind_it)
{
    std::string const end = "--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\n";
    std::string const group(56, '=');
    EXPECT_EQ(sections_of("DUMP OF SERVICE a:\nversion 1\n" + end + "hidden\n" + end),
        (Sections { { "@dumpsys/a", "DUMP OF SERVICE a:\nversion 1\n" + end + "hidden\n" + end } }));
    EXPECT_EQ(sections_of("DUMP OF SERVICE a:\nversion 1\n" + group + "\nhidden\n" + end),
        (Sections { { "@dumpsys/a", "DUMP OF SERVICE a:\nversion 1\nhidden\n" + end } }));
}

TEST(AndroidDump, a_service_that_ran_out_of_time_or_of_text_is_cut)
{
    std::string const end = "--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\n";
    std::string const text = "DUMP OF SERVICE a:\nx\n*** SERVICE 'a' DUMP TIMEOUT (10000ms) EXPIRED ***\n"
        + end + "DUMP OF SERVICE a:\nx\n" + end + "DUMP OF SERVICE b:\nx\n" + end + "DUMP OF SERVICE c:\nx";
    MemorySource const source { as_bytes(text) };
    auto const index = android::index_dump(source).value();
    EXPECT_TRUE(index.find("@dumpsys/a")->cut);
    EXPECT_FALSE(index.find("@dumpsys/a")->open);
    EXPECT_TRUE(index.has_whole("@dumpsys/a"));
    EXPECT_TRUE(index.has_whole("@dumpsys/b"));
    EXPECT_FALSE(index.has_whole("@dumpsys/c"));
    EXPECT_FALSE(index.has_whole("@dumpsys/d"));
}

TEST(AndroidDump, a_service_that_refused_or_failed_its_dump_is_cut)
{
    for (std::string const line : { "Error dumping service info: (Unknown error -32) a",
             "Failure while dumping service: android.os.DeadObjectException",
             "Permission Denial: can't dump PackageManager from pid=1, uid=2000",
             "Exception occurred while dumping:" }) {
        std::string const text = "DUMP OF SERVICE a:\n" + line + "\n";
        MemorySource const source { as_bytes(text) };
        EXPECT_TRUE(android::index_dump(source).value().find("@dumpsys/a")->cut) << line;
    }
    std::string const text = "DUMP OF SERVICE a:\n  Failure while dumping service\n";
    MemorySource const source { as_bytes(text) };
    EXPECT_TRUE(android::index_dump(source).value().has_whole("@dumpsys/a"));
}

TEST(AndroidDump, what_a_service_dumps_urgently_is_not_the_whole)
{
    std::string const text = "DUMP OF SERVICE CRITICAL a:\nx\nDUMP OF SERVICE CRITICAL b:\nx\n"
                             "DUMP OF SERVICE b:\nx\n";
    MemorySource const source { as_bytes(text) };
    auto const index = android::index_dump(source).value();
    EXPECT_FALSE(index.has_whole("@dumpsys/a"));
    EXPECT_TRUE(index.has_whole("@dumpsys/b"));
}

TEST(AndroidDump, the_sections_of_a_series_of_files_are_one)
{
    std::string const first = "------ SHUTDOWN CHECKPOINTS (/data/a: 2024-05-01 10:11:12) ------\none\n";
    std::string const second
        = "------ SHUTDOWN CHECKPOINTS (/data/b: 2024-05-02 10:11:12) ------\nand another\n"
          "------ 0.1s was the duration of 'SHUTDOWN CHECKPOINTS' ------\n";
    EXPECT_EQ(sections_of(first + second + "------ X (x) ------\nx\n" + first),
        (Sections { { "@dumpstate/shutdown_checkpoints", first + second + first },
            { "@dumpstate/x", "------ X (x) ------\nx\n" } }));
}

TEST(AndroidDump, titles_of_commands_become_snake_case)
{
    for (auto const& [title, name] :
        std::map<std::string, std::string> { { "SYSTEM PROPERTIES (getprop)", "system_properties" },
            { "PROCESS TIMES (pid cmd user system iowait+percentage)", "process_times" },
            { "FILESYSTEMS & FREE SPACE (df)", "filesystems_free_space" },
            { "CHECKIN BATTERYSTATS (dumpsys -t 30 batterystats -c)", "checkin_batterystats" },
            { "BLOCKED PROCESS WAIT-CHANNELS", "blocked_process_wait_channels" } }) {
        EXPECT_EQ(android::snake_case_title(title), name);
        EXPECT_TRUE(sections_of("------ " + title + " ------\nx\n").contains("@dumpstate/" + name));
    }
}

TEST(AndroidDump, an_interrupted_section_resumes_only_with_its_own_closing_line)
{
    std::string const one = "------ ONE (1) ------\na\n";
    std::string const two = "------ TWO (2) ------\nb\n------ 0.1s was the duration of 'TWO' ------\n";
    std::string const rest = "c\n------ 0.2s was the duration of 'ONE' ------\n";
    EXPECT_EQ(sections_of(one + two + rest + "no\n"),
        (Sections { { "@dumpstate/one", one + rest }, { "@dumpstate/two", two } }));
    EXPECT_EQ(sections_of(one + two + "c\n------ THREE (3) ------\n"),
        (Sections { { "@dumpstate/one", one }, { "@dumpstate/two", two },
            { "@dumpstate/three", "------ THREE (3) ------\n" } }));
}

TEST(AndroidDump, text_below_a_header_that_lands_inside_a_service_stays_with_the_service_too)
{
    std::string const end = "--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\n";
    std::string const open = "DUMP OF SERVICE a:\nx\n";
    std::string const foreign = "------ BLOCK STAT (/d/x) ------\ny\n" + end;
    EXPECT_EQ(sections_of(open + foreign + "z\n"),
        (Sections { { "@dumpsys/a", open + foreign }, { "@dumpstate/block_stat", foreign + "z\n" } }));
}

TEST(AndroidDump, a_service_has_all_between_its_header_and_its_closing_line)
{
    auto const end = [](std::string_view name) {
        return fmt::format(
            "--------- 0.1s was the duration of dumpsys {}, ending at: 2024-05-01 10:11:12\n", name);
    };
    std::string const foreign = "------ C (c) ------\ny\n";
    EXPECT_EQ(sections_of("DUMP OF SERVICE a:\nDUMP OF SERVICE b:\n" + foreign + end("b") + "z\n" + end("a")),
        (Sections { { "@dumpsys/a",
                        "DUMP OF SERVICE a:\nDUMP OF SERVICE b:\n" + foreign + end("b") + "z\n" + end("a") },
            { "@dumpsys/b", "DUMP OF SERVICE b:\n" + foreign + end("b") },
            { "@dumpstate/c", foreign + end("b") + "z\n" + end("a") } }));
}

TEST(AndroidDump, texts_that_read_like_headers_hide_nothing_between_them)
{
    std::string const end = "--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\n";
    std::string const open = "DUMP OF SERVICE a:\nx\n";
    std::string many;
    for (int i = 0; i != 70; ++i)
        many += fmt::format("------ M{} (m) ------\n", i);
    std::string const closed = "------ 0.1s was the duration of 'B' ------\n";
    for (auto const& [first, second] :
        std::map<std::string, std::string> { { "------ B (b) ------\n", "------ C (c) ------\n" },
            { "------ B (b) ------\n ", closed }, { "DUMP OF SERVICE b:\n", "DUMP OF SERVICE c:\n" },
            { "DUMP OF SERVICE b:\n ", "DUMP OF SERVICE a:\n" }, { "------ B (b) ------\n  ", many },
            { kGroup + "\n", "DUMP OF SERVICE b:\n" } }) {
        auto const sections = sections_of(open + first + "hidden\n" + second + "y\n" + end);
        EXPECT_TRUE(sections.at("@dumpsys/a").contains("hidden\n")) << first << second;
        EXPECT_TRUE(sections.at("@dumpsys/a").ends_with("y\n" + end)) << first << second;
    }
}

TEST(AndroidDump, text_that_many_sections_share_is_bounded)
{
    std::string text;
    for (int i = 0; i != 60; ++i)
        text += fmt::format("DUMP OF SERVICE s{}:\n", i);
    text += std::string(100'000, '\n');
    for (int i = 0; i != 60; ++i)
        text += fmt::format(
            "--------- 0.1s was the duration of dumpsys s{}, ending at: 2024-05-01 10:11:12\n", i);
    MemorySource const source { as_bytes(text) };
    auto const index = android::index_dump(source).value();
    std::uint64_t size = 0;
    for (auto const& section : index.sections)
        size += section.size;
    EXPECT_LT(size, 20 * text.size());
    EXPECT_TRUE(index.too_many);
}

TEST(AndroidDump, a_closing_line_of_another_command_within_a_section_ends_nothing)
{
    std::string const text = "------ ONE (1) ------\na\n------ 0.1s was the duration of 'TWO' ------\nb\n"
                             "------ 0.2s was the duration of 'for_each_pid(ONE)' ------\n";
    EXPECT_EQ(sections_of(text + "no\n"), (Sections { { "@dumpstate/one", text } }));
}

TEST(AndroidDump, carriage_returns_indented_headers_and_long_lines_are_read)
{
    auto const text = "  DUMP OF SERVICE a:\r\n" + std::string(3'000'000, 'x')
        + "\r\n--------- 0.1s was the duration of dumpsys a, ending at: 2024-05-01 10:11:12\r\n";
    EXPECT_EQ(sections_of(text + "DUMP OF SERVICE b:\r\n"),
        (Sections { { "@dumpsys/a", text }, { "@dumpsys/b", "DUMP OF SERVICE b:\r\n" } }));
}

TEST(AndroidDump, headers_in_the_middle_of_a_line_are_none)
{
    auto const text = "DUMP OF SERVICE a:\n" + std::string((1U << 20U) - 19, 'x') + "DUMP OF SERVICE b:\n";
    EXPECT_EQ(sections_of(text), (Sections { { "@dumpsys/a", text } }));
}

TEST(AndroidDump, the_banner_tells_when_the_dump_began)
{
    auto const text
        = kGroup + "\n== dumpstate: 2024-05-01 10:11:12\n" + kGroup + "\n== dumpstate: done (id 1)\n";
    MemorySource const source { as_bytes(text) };
    EXPECT_EQ(android::index_dump(source).value().started, "2024-05-01 10:11:12");
    EXPECT_TRUE(android::looks_like_dump(text));
    EXPECT_TRUE(android::looks_like_dump(kRuler + "\r\r\nDUMP OF SERVICE a:\r\r\n"));
    EXPECT_TRUE(
        android::looks_like_dump("Currently running services:\n  a\n" + kRuler + "\nDUMP OF SERVICE a:\n"));
    EXPECT_FALSE(android::looks_like_dump("a log that says\n== dumpstate: 2024-05-01 10:11:12\n"));
}

TEST(AndroidDump, the_number_of_sections_is_bounded)
{
    std::string text;
    for (int i = 0; i != 20'010; ++i)
        text += fmt::format("DUMP OF SERVICE s{}:\n", i);
    MemorySource const source { as_bytes(text) };
    auto const index = android::index_dump(source).value();
    EXPECT_EQ(index.sections.size(), 20'000U);
    EXPECT_TRUE(index.too_many);
}

TEST(AndroidDump, a_section_in_more_parts_than_are_kept_is_no_whole)
{
    std::string text;
    for (int i = 0; i != 1'001; ++i)
        text
            += fmt::format("------ SHUTDOWN CHECKPOINTS (/data/{}) ------\na\n------ X{} (x) ------\n", i, i);
    MemorySource const source { as_bytes(text) };
    EXPECT_TRUE(android::index_dump(source).value().too_many);
}

TEST(AndroidDump, sections_can_be_read_at_any_place)
{
    std::string const text
        = "------ ONE (1) ------\nab\n------ TWO (2) ------\n------ 0.1s was the duration of 'TWO' "
          "------\ncd\n------ 0.2s was the duration of 'ONE' ------\n";
    auto const source = std::make_shared<FarSource>(text);
    auto const index = android::index_dump(*source).value();
    auto const* const one = index.find("@dumpstate/one");
    ASSERT_NE(one, nullptr);
    auto const opened = android::open_section(source, *one);
    auto const whole = read_all(*opened, 1024).value();
    for (std::size_t offset = 0; offset <= opened->size(); ++offset) {
        std::array<std::byte, 7> piece {};
        auto const count = opened->read_at(offset, piece).value();
        EXPECT_EQ(as_text(Bytes { piece }.first(count)), as_text(whole.bytes()).substr(offset, 7));
    }
}

/// Every section, with where its parts stand.
std::string described(DumpIndex const& index)
{
    std::string out = index.started + (index.too_many ? " too many\n" : "\n");
    for (auto const& section : index.sections) {
        out += fmt::format("{} {} {} {}:", section.path(), section.number, section.urgent, section.cut);
        for (auto const& slice : section.slices)
            out += fmt::format(" {}+{}", slice.offset, slice.size);
        out += '\n';
    }
    return out;
}

TEST(AndroidDump, a_long_text_has_the_same_sections_however_many_threads_look_for_them)
{
    std::string const filler(1000, 'x');
    std::string text = kGroup + "\n== dumpstate: 2024-05-01 10:11:12\n" + kGroup + "\n";
    while (text.size() < 20'000'000) {
        auto const number = text.size();
        text += fmt::format("{}\nDUMP OF SERVICE a{}:\n", kRuler, number);
        for (int i = 0; i != 300; ++i)
            text += filler + "\n";
        if (number % 3 == 0)
            text += fmt::format("------ LOG {} (logcat) ------\n{}\n", number, filler);
        text += fmt::format("--------- 0.1s was the duration of dumpsys a{}, ending at: x\n", number);
        if (number > 8'000'000 && number < 13'000'000) // More of the structure than is kept of a stretch.
            for (int i = 0; i != 1000; ++i)
                text += kRuler + "\n";
        if (number % 2 == 0)
            text += fmt::format("------ 0.1s was the duration of 'LOG {}' ------\n", number);
    }
    FarSource const source { text };
    auto const whole = described(android::index_dump(source).value());
    EXPECT_GT(std::ranges::count(whole, '\n'), 50);
    OpenOptions options;
    options.parallel = [](unsigned jobs, std::function<void(unsigned)> const& work) {
        for (unsigned job = 0; job != jobs; ++job)
            work(job);
    };
    options.jobs = 2;
    EXPECT_TRUE(described(android::index_dump(source, options).value()) == whole);
    EXPECT_TRUE(described(android::index_dump(MemorySource { as_bytes(text) }, options).value()) == whole);
}

} // namespace
