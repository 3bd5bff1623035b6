#include "support/run_program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using exhibit::test::run_exhibit;

TEST(Arguments, an_unknown_command_cannot_run_and_names_the_help)
{
    auto const ran = run_exhibit({ "no-such-command" });
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find("exhibit --help"), std::string::npos) << ran.err;
}

TEST(Arguments, the_help_that_knows_the_argument_is_named)
{
    EXPECT_NE(run_exhibit({ "rules", "show" }).err.find("`exhibit rules show --help`"), std::string::npos);
    EXPECT_NE(
        run_exhibit({ "show", "a", "--color", "bogus" }).err.find("`exhibit --help`"), std::string::npos);
    EXPECT_NE(run_exhibit({ "show", "a", "--bogus" }).err.find("`exhibit show --help`"), std::string::npos);
}

TEST(Arguments, help_goes_to_standard_output_and_every_command_shows_examples)
{
    auto const help = run_exhibit({ "--help" });
    EXPECT_EQ(help.code, 0);
    EXPECT_NE(help.out.find("version"), std::string::npos);
    auto const version = run_exhibit({ "version", "--help" });
    EXPECT_EQ(version.code, 0);
    EXPECT_NE(version.out.find("exhibit version --json"), std::string::npos);
}

TEST(Arguments, version_names_the_libraries_in_text_and_json)
{
    EXPECT_NE(run_exhibit({ "version" }).out.find("SQLite"), std::string::npos);
    auto const json = nlohmann::json::parse(run_exhibit({ "version", "--json" }).out);
    EXPECT_EQ(json["exhibit"], EXHIBIT_VERSION);
    EXPECT_TRUE(json["libraries"].contains("OpenSSL"));
}

TEST(Arguments, an_escape_sequence_in_an_argument_does_not_reach_the_terminal)
{
    auto const ran = run_exhibit({ "\x1b[31mred" });
    EXPECT_EQ(ran.err.find('\x1b'), std::string::npos) << ran.err;
}

TEST(Arguments, colors_are_off_in_a_pipe_and_on_when_asked_for)
{
    EXPECT_EQ(run_exhibit({ "no-such-command" }).err.find('\x1b'), std::string::npos);
    EXPECT_NE(run_exhibit({ "--color", "always", "no-such-command" }).err.find('\x1b'), std::string::npos);
}

} // namespace
