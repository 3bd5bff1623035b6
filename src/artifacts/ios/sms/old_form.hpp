#pragma once

#include "artifacts/common/query.hpp"
#include "artifacts/ios/sms/rows.hpp"

#include <functional>

/// The message database as systems up to iOS 5 wrote it: one table, without handles and chats.
namespace exhibit::ios::sms {

[[nodiscard]] bool is_of_old_form(sqlite::Database const&);

/// Calls `add` with every message. What such a database keeps elsewhere (parts of MMS, attachments of
/// iMessage, members of groups) is not read; a diagnostic says so where there is any.
Result<void> read_old_messages(
    sqlite::Database const&, Context&, std::function<Result<void>(Message&, Origin)> const& add);

} // namespace exhibit::ios::sms
