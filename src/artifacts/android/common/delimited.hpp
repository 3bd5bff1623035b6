#pragma once

#include "artifact/artifact.hpp"
#include "formats/protobuf/wire.hpp"

#include <functional>

namespace exhibit::android {

/// Shows each message of a list in which a varint with its length stands before each one: the form in which
/// AndroidQF wrote its lists in 2023, instead of JSON. One message is in memory at a time. What is damaged in
/// a message is noted and the next one read; a list that ends within a message is an error after the last
/// one.
Result<void> for_each_delimited(Input const& input, Context& context,
    std::function<Result<void>(protobuf::MessageReader, Origin)> const& visit);

} // namespace exhibit::android
