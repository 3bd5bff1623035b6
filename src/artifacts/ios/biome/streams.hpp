#pragma once

#include "artifacts/ios/biome/rows.hpp"
#include "artifacts/ios/common/message_fields.hpp"

namespace exhibit::ios::biome {

/// What is known of a stream's messages.
struct Stream {
    std::string_view name;
    TableOf<Record> const* table; ///< which table its records stand in
    std::span<MessageField<Record> const> fields;
};

/// The stream of this name; one that is not known has the table of records, and only what all streams of its
/// kind share.
Stream find_stream(std::string_view name);

/// The account in the name of a conversation of two, as `iMessage;-;+37410000000` or by itself; that of a
/// group (`;+;`) names none.
std::optional<std::string_view> account_in_chat(std::string_view chat);

} // namespace exhibit::ios::biome
