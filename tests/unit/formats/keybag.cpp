#include "formats/keybag/keybag.hpp"

#include "support/backup_builder.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exhibit;

TEST(Keybag, the_password_opens_every_class_that_is_wrapped_with_it)
{
    for (std::uint32_t const sha256_iterations : { 0U, 50U }) {
        auto const made = test::make_keybag("p\xC3\xA4ss!", sha256_iterations, 20);
        auto const keybag = keybag::parse(as_bytes(made.bytes));
        ASSERT_TRUE(keybag);
        EXPECT_EQ(keybag->type, 1U);
        EXPECT_EQ(keybag->classes.size(), 11U);
        EXPECT_EQ(keybag->sha256.has_value(), sha256_iterations != 0);
        auto const keys = keybag::unlock(*keybag, "p\xC3\xA4ss!");
        ASSERT_TRUE(keys);
        EXPECT_EQ(keys->count(), 10U);
        EXPECT_FALSE(keys->has(11));
        EXPECT_TRUE(keys->damaged().empty());
    }
}

TEST(Keybag, more_iterations_than_phones_ask_for_are_not_tried)
{
    auto const made = test::make_keybag("p", 10, 10);
    auto keybag = keybag::parse(as_bytes(made.bytes)).value();
    keybag.sha256->iterations = 50'000'001;
    EXPECT_EQ(keybag::unlock(keybag, "p").error().fault, Fault::over_limit);
    keybag.sha256->iterations = 10;
    keybag.sha1.iterations = 1'000'001;
    EXPECT_EQ(keybag::unlock(keybag, "p").error().fault, Fault::over_limit);
}

TEST(Keybag, unwraps_a_file_key_by_its_class)
{
    auto const made = test::make_keybag("p", 10, 10);
    auto const keys = keybag::unlock(keybag::parse(as_bytes(made.bytes)).value(), "p").value();
    auto const wrapped = test::wrap_key(made.class_keys.at(3), test::test_key(99));
    std::string const class_3 { "\x03\x00\x00\x00", 4 };
    std::string const class_9 { "\x09\x00\x00\x00", 4 };
    std::string const class_77 { "\x4D\x00\x00\x00", 4 };
    EXPECT_EQ(as_text(keys.unwrap(as_bytes(class_3 + wrapped)).value().bytes()),
        as_text(test::test_key(99).bytes()));
    EXPECT_EQ(keys.unwrap(as_bytes(class_9 + wrapped)).error().fault, Fault::locked);
    EXPECT_EQ(keys.unwrap(as_bytes(class_77 + wrapped)).error().fault, Fault::missing);
    EXPECT_EQ(keys.unwrap(as_bytes(class_3 + wrapped.substr(1))).error().fault, Fault::malformed);
    EXPECT_EQ(keys.unwrap(as_bytes(class_3.substr(1))).error().fault, Fault::truncated);
}

TEST(Keybag, a_wrong_password_is_told_from_a_damaged_class)
{
    auto made = test::make_keybag("right", 10, 10);
    EXPECT_EQ(
        keybag::unlock(keybag::parse(as_bytes(made.bytes)).value(), "wrong").error().fault, Fault::locked);
    EXPECT_EQ(keybag::unlock(keybag::parse(as_bytes(made.bytes)).value(), "").error().fault, Fault::locked);
    auto const first_key = made.bytes.find("WPKY") + 8;
    made.bytes[first_key] = static_cast<char>(made.bytes[first_key] ^ 1);
    auto const keys = keybag::unlock(keybag::parse(as_bytes(made.bytes)).value(), "right");
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->damaged(), std::vector<std::uint32_t> { 1 });
    EXPECT_EQ(keys->count(), 9U);
}

TEST(Keybag, is_refused_when_cut_at_any_place_inside_a_field)
{
    auto const made = test::make_keybag("p", 10, 10);
    std::size_t whole_fields = 0;
    for (std::size_t size = 0; size < made.bytes.size(); ++size) {
        auto const keybag = keybag::parse(as_bytes(made.bytes).first(size));
        if (keybag) {
            ++whole_fields;
            EXPECT_LE(keybag->classes.size(), 11U);
        }
    }
    // Every end of a field from the first class on, without the end of the whole.
    EXPECT_EQ(whole_fields, 11U * 5 - 1);
}

TEST(Keybag, refuses_a_length_that_the_data_cannot_hold)
{
    EXPECT_EQ(keybag::parse(as_bytes(std::string_view { "VERS\xFF\xFF\xFF\xFFxxxx", 12 })).error().fault,
        Fault::over_limit);
    EXPECT_EQ(
        keybag::parse(as_bytes(std::string_view { "VERS\0\0\0\x04xx", 10 })).error().fault, Fault::truncated);
    EXPECT_EQ(keybag::parse({}).error().fault, Fault::malformed);
}

} // namespace
