#include "indicators/update.hpp"

#include "indicators/load.hpp"
#include "indicators/pack_folder.hpp"
#include "indicators/public_index.hpp"

#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace exhibit;
using namespace exhibit::indicators;
namespace fs = std::filesystem;

/// An HTTP server on this machine that answers with what it was given; 404 for the rest.
class LocalServer {
public:
    LocalServer()
        : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        if (::bind(m_socket, generic, size) != 0 || ::listen(m_socket, 16) != 0
            || ::getsockname(m_socket, generic, &size) != 0)
            std::abort();
        m_port = ntohs(address.sin_port);
        m_thread = std::thread { [this] { serve(); } };
    }
    LocalServer(LocalServer const&) = delete;
    LocalServer& operator=(LocalServer const&) = delete;
    ~LocalServer()
    {
        ::shutdown(m_socket, SHUT_RDWR);
        m_thread.join();
        ::close(m_socket);
    }

    void put(std::string const& path, std::string const& body)
    {
        respond(
            path, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    void respond(std::string const& path, std::string response)
    {
        std::scoped_lock const lock { m_mutex };
        m_responses[path] = std::move(response);
    }
    void remove(std::string const& path)
    {
        std::scoped_lock const lock { m_mutex };
        m_responses.erase(path);
    }
    [[nodiscard]] std::string url(std::string_view path) const
    {
        return "http://127.0.0.1:" + std::to_string(m_port) + std::string { path };
    }

private:
    void serve()
    {
        while (true) {
            auto const client = ::accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0)
                return;
            std::string request(4096, '\0');
            auto const got = ::recv(client, request.data(), request.size(), 0);
            request.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
            auto const path = request.substr(4, request.find(' ', 4) - 4);
            std::string response = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
            {
                std::scoped_lock const lock { m_mutex };
                if (m_responses.contains(path))
                    response = m_responses[path];
            }
            for (std::string_view rest = response; !rest.empty();) {
                auto const sent = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (sent <= 0)
                    break;
                rest.remove_prefix(static_cast<std::size_t>(sent));
            }
            ::shutdown(client, SHUT_WR);
            ::close(client);
        }
    }

    int m_socket;
    int m_port = 0;
    std::thread m_thread;
    std::mutex m_mutex;
    std::map<std::string, std::string> m_responses;
};

std::string github(std::string_view name, std::string_view path)
{
    return "  - type: github\n    name: " + std::string { name } + "\n    sources: [Example Lab]\n"
        + "    github: {owner: lab, repo: packs, branch: main, path: " + std::string { path } + "}\n";
}

std::string pack_of(std::string_view domain)
{
    return R"({"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value=')"
        + std::string { domain } + "']\"}]}";
}

class Update : public testing::Test {
protected:
    void SetUp() override
    {
        m_options.index_url = m_server.url("/index.yaml");
        m_options.folder = m_folder;
        m_options.local_http = LocalHttp::allowed;
        m_server.put(
            "/index.yaml", "indicators:\n" + github("One", "a/one.stix2") + github("Two", "two.stix2"));
        m_server.put("/lab/packs/main/a/one.stix2", pack_of("one.example"));
        m_server.put("/lab/packs/main/two.stix2", pack_of("two.example"));
    }
    void TearDown() override { fs::remove_all(m_folder); }

    /// Title and outcome of each pack.
    std::string run()
    {
        auto const result = update(m_options);
        if (!result)
            return std::string { result.error().what };
        std::string text;
        for (auto const& pack : *result)
            text += (text.empty() ? "" : ", ") + pack.title + ' ' + std::string { name_of(pack.outcome) };
        return text;
    }

    [[nodiscard]] std::string domains() const
    {
        SetBuilder builder;
        if (!load_path(builder, m_folder))
            return {};
        auto const set = builder.build();
        std::string text;
        for (auto const& indicator : set.indicators())
            text.append(text.empty() ? "" : " ").append(indicator.value);
        return text;
    }

    LocalServer m_server;
    UpdateOptions m_options;
    fs::path const m_folder = fs::temp_directory_path() / ("exhibit_update_" + std::to_string(::getpid()));
};

TEST_F(Update, packs_are_fetched_and_noted_with_hash_and_source)
{
    EXPECT_EQ(run(), "One fetched, Two fetched");
    EXPECT_EQ(domains(), "one.example two.example");
    auto const kept = read_kept_packs(m_folder / kPublicFolder);
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].file, "lab_packs_a_one.stix2");
    EXPECT_EQ(kept[0].url, m_server.url("/lab/packs/main/a/one.stix2"));
    EXPECT_EQ(kept[0].sha256.size(), 64U);
    EXPECT_EQ(kept[0].sources, (std::vector<std::string> { "Example Lab" }));
    EXPECT_TRUE(kept[0].fetched.ends_with("Z"));
    SetBuilder builder;
    ASSERT_TRUE(load_path(builder, m_folder));
    auto const set = builder.build();
    EXPECT_EQ(set.packs()[0].url, kept[0].url);
    EXPECT_EQ(set.packs()[0].source, "Example Lab");
    EXPECT_EQ(set.packs()[0].sha256, kept[0].sha256);
}

TEST_F(Update, a_pack_that_fails_keeps_its_earlier_file_and_is_named)
{
    run();
    m_server.remove("/lab/packs/main/two.stix2");
    m_server.put("/lab/packs/main/a/one.stix2", pack_of("one.example.org"));
    EXPECT_EQ(run(), "One fetched, Two kept");
    EXPECT_EQ(domains(), "one.example.org two.example");
    EXPECT_EQ(read_kept_packs(m_folder / kPublicFolder)[1].error,
        "the server does not have the file: " + m_server.url("/lab/packs/main/two.stix2")
            + ": it answered 404");
    m_server.put("/lab/packs/main/two.stix2", "<html>sign in</html>");
    EXPECT_EQ(run(), "One unchanged, Two kept");
    m_server.put("/lab/packs/main/two.stix2", pack_of("two.example"));
    EXPECT_EQ(run(), "One unchanged, Two unchanged");
    EXPECT_EQ(read_kept_packs(m_folder / kPublicFolder)[1].error, "");
}

TEST_F(Update, a_pack_that_was_never_there_fails_alone)
{
    m_server.remove("/lab/packs/main/two.stix2");
    EXPECT_EQ(run(), "One fetched, Two failed");
    EXPECT_EQ(domains(), "one.example");
}

TEST_F(Update, a_pack_that_left_the_index_is_removed_and_own_files_stay)
{
    run();
    std::ofstream { m_folder / "own.csv" } << "own.example,domain\n";
    m_server.put("/index.yaml", "indicators:\n" + github("Two", "two.stix2"));
    EXPECT_EQ(run(), "Two unchanged, One removed");
    EXPECT_EQ(domains(), "own.example two.example");
}

TEST_F(Update, a_folder_of_something_else_is_never_replaced)
{
    fs::create_directories(m_folder / kPublicFolder);
    std::ofstream { m_folder / kPublicFolder / "own.txt" } << "mine";
    EXPECT_FALSE(update(m_options));
    EXPECT_TRUE(fs::exists(m_folder / kPublicFolder / "own.txt"));
    fs::remove(m_folder / kPublicFolder / "own.txt");
    EXPECT_TRUE(update(m_options));
}

TEST_F(Update, nothing_changes_when_the_index_cannot_be_used)
{
    run();
    for (std::string_view const index : { "", "indicators: 5", "indicators: [", "- a", "indicators: []" }) {
        m_server.put("/index.yaml", std::string { index });
        EXPECT_FALSE(update(m_options)) << index;
        EXPECT_EQ(domains(), "one.example two.example") << index;
    }
    m_server.remove("/index.yaml");
    EXPECT_EQ(
        run(), "the server does not have the file: " + m_server.url("/index.yaml") + ": it answered 404");
    EXPECT_EQ(domains(), "one.example two.example");
    for (auto const& entry : fs::directory_iterator { m_folder })
        EXPECT_TRUE(entry.path().filename() == ".lock" || entry.path().filename() == kPublicFolder)
            << entry.path();
}

TEST_F(Update, why_the_index_could_not_be_had_and_what_to_do_is_said)
{
    auto const fails = [&](std::string const& url, std::string_view what, std::string_view detail,
                           std::string_view advice) {
        m_options.index_url = url;
        auto const failed = update(m_options);
        ASSERT_FALSE(failed);
        auto const& said = failed.error().what;
        EXPECT_TRUE(said.starts_with(std::string { what } + ": " + url + ": ")) << said;
        EXPECT_TRUE(said.contains(detail)) << said;
        EXPECT_TRUE(failed.error().advice.contains(advice)) << failed.error().advice;
    };
    auto const answer = [&](std::string const& path, std::string const& head) {
        m_server.respond(path, "HTTP/1.1 " + head + "\r\nContent-Length: 0\r\n\r\n");
        return m_server.url(path);
    };
    fails(answer("/busy", "500 Oops"), "the server cannot give the file now", "500", "later");
    fails(
        answer("/closed", "403 No"), "the server, or a proxy before it, refuses to give the file", "403", "");
    fails(answer("/plain", "302 Found\r\nLocation: http://host.example/x"),
        "the server leads to an address without https, and only https is followed", "http", "https");
    fails("http://127.0.0.1:1/index.yaml", "no connection to the server could be made", "127.0.0.1",
        "https_proxy");
}

TEST_F(Update, a_pack_that_was_cut_off_replaces_no_whole_one)
{
    auto const whole = pack_of("one.example");
    auto const cut = whole.substr(0, whole.size() - 2);
    m_server.put("/lab/packs/main/a/one.stix2", cut);
    auto const first = update(m_options);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->front().outcome, UpdateOutcome::fetched);
    EXPECT_EQ(first->front().message, "the file is damaged or cut off; what could be read is used");
    m_server.put("/lab/packs/main/a/one.stix2", whole);
    EXPECT_EQ(run(), "One fetched, Two unchanged");
    m_server.put("/lab/packs/main/a/one.stix2", cut);
    EXPECT_EQ(run(), "One kept, Two unchanged");
    EXPECT_EQ(run(), "One kept, Two unchanged");
}

TEST_F(Update, sizes_are_limited)
{
    m_options.limits.bytes = 200;
    m_server.put("/lab/packs/main/a/one.stix2", pack_of("one.example") + std::string(1000, ' '));
    m_server.respond("/lab/packs/main/two.stix2",
        "HTTP/1.0 200 OK\r\n\r\n" + pack_of("two.example") + std::string(1000, ' '));
    EXPECT_EQ(run(), "no pack of the index could be fetched and used");
}

TEST_F(Update, sizes_and_time_of_all_packs_together_are_limited)
{
    auto const one = pack_of("one.example");
    m_server.put("/lab/packs/main/a/one.stix2", one);
    m_server.put("/lab/packs/main/two.stix2", pack_of("two.example"));
    m_options.all_limits.bytes = one.size();
    EXPECT_EQ(run(), "One fetched, Two failed");
    m_options.all_limits.time = std::chrono::seconds { 0 };
    EXPECT_EQ(run(), "One kept, Two failed");
}

TEST(PublicIndex, entries_with_one_address_are_one)
{
    std::string const yaml = "indicators:\n" + github("One", "a.stix2") + github("Again", "a.stix2")
        + "  - {type: download, name: Two, download_url: 'https://host.example/b.json'}\n"
        + "  - {type: download, name: Again, download_url: 'https://host.example/b.json'}\n"
        + "  - {type: download, name: Broken}\n  - {type: download, name: Broken too}\n";
    auto const entries = read_public_index(yaml, "https://host.example").value();
    std::string titles;
    for (auto const& entry : entries)
        titles += entry.title + ", ";
    EXPECT_EQ(titles, "One, Two, Broken, Broken too, ");
}

TEST_F(Update, only_https_is_fetched_and_followed)
{
    auto const location = m_server.url("/lab/packs/main/two.stix2");
    m_server.respond("/lab/packs/main/a/one.stix2",
        "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(run(), "One failed, Two fetched");
    m_options.local_http = LocalHttp::refused;
    EXPECT_EQ(run(), "only https addresses are fetched");
    Downloader downloader { LocalHttp::allowed, {} };
    for (std::string const url : { "http://host.example/x", "file:///etc/passwd", "ftp://host.example/x",
             "http://127.0.0.1.example/x", "http://localhost@host.example/", "no url" })
        EXPECT_EQ(downloader.fetch(url, {}).error().fault, Fault::unsupported) << url;
}

TEST_F(Update, cancelled_and_concurrent_updates_change_nothing)
{
    run();
    std::stop_source stop;
    stop.request_stop();
    m_options.stop = stop.get_token();
    EXPECT_EQ(run(), "the transfer was cancelled");
    m_options.stop = {};
    auto const other = ReplacementFolder::open(m_folder / kPublicFolder);
    ASSERT_TRUE(other);
    EXPECT_EQ(run(), "another update is running");
    EXPECT_EQ(domains(), "one.example two.example");
}

TEST(PublicIndex, entries_become_addresses_and_safe_file_names)
{
    auto const entries
        = read_public_index("indicators:\n" + github("A", "x/../../y.stix2") + github("B", "\"d e/ü.stix2\"")
                + "  - {type: download, name: C, download_url: \"https://a.example/../x?y=z\"}\n"
                  "  - {type: download, name: D}\n  - {type: odd, name: E}\n  - 5\n"
                + github("F", "x_y.stix2") + github("G", "x/y.stix2"),
            "https://raw.example");
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 8U);
    EXPECT_FALSE((*entries)[0].problem.empty());
    EXPECT_EQ((*entries)[1].url, "https://raw.example/lab/packs/main/d%20e/%C3%BC.stix2");
    EXPECT_EQ((*entries)[1].file, "lab_packs_d_e___.stix2");
    EXPECT_EQ((*entries)[2].url, "https://a.example/../x?y=z");
    EXPECT_TRUE((*entries)[2].file.ends_with(".stix2"));
    EXPECT_EQ((*entries)[2].file.find('/'), std::string::npos);
    for (std::size_t const broken : { 3UZ, 4UZ, 5UZ })
        EXPECT_FALSE((*entries)[broken].problem.empty()) << broken;
    EXPECT_NE((*entries)[6].file, (*entries)[7].file);
}

TEST(PublicIndex, the_published_index_is_read_whole)
{
    auto const* data = std::getenv("EXHIBIT_TEST_DATA"); // NOLINT(concurrency-mt-unsafe)
    auto const path = fs::path { data == nullptr ? "" : data }.parent_path()
        / "indicators/mvt-project+mvt-indicators/indicators.yaml";
    if (data == nullptr || !fs::exists(path))
        GTEST_SKIP() << "EXHIBIT_TEST_DATA is not set";
    std::ifstream file { path };
    std::string const yaml { std::istreambuf_iterator<char> { file }, {} };
    auto const entries = read_public_index(yaml, origin_of(std::string { kDefaultIndexUrl }));
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->front().url,
        "https://raw.githubusercontent.com/AmnestyTech/investigations/master/2021-07-18_nso/pegasus.stix2");
    for (auto const& entry : *entries)
        EXPECT_EQ(entry.problem, "") << entry.title;
}

} // namespace
