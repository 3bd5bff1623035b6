#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Makes SEGB files and the messages in them.
namespace exhibit::test {

struct SegbRecord {
    std::string payload;
    std::int32_t state = 1;
    double written = 0;
    std::optional<double> second = {}; ///< version 1; else the same as `written`
    bool right_checksum = true;
};

std::string segb_version_1(std::vector<SegbRecord> const& records);
std::string segb_version_2(std::vector<SegbRecord> const& records, double created = 0);

/// A message in the wire format of Protocol Buffers from text such as
/// `1: "text" 2: 5 3: 700000000.5 4: { 1: "nested" } 5: hex 00ff`: numbers with a point become doubles of 64
/// bits, others varints.
std::string protobuf_from_text(std::string_view text);

/// A file from text: `version 2`, `created 700000000`, then records, each `written TIME` or `deleted TIME`,
/// or `stale TIME` for one whose checksum is wrong, or `state 7 TIME`; behind it the fields of its message,
/// or `zeros 24`. `#` begins a comment.
std::string segb_from_text(std::string_view text);

} // namespace exhibit::test
