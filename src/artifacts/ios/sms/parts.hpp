#pragma once

#include "artifacts/ios/sms/rows.hpp"

#include <string>
#include <vector>

/// What is packed into the binary columns of a message.
namespace exhibit::ios::sms {

/// The text of a formatted body; nothing when it holds none. Where the body has links of its own that
/// `links` is told of, they are added there.
Result<std::optional<std::string>> read_body(Bytes body, std::vector<Link>* links);

/// Whether reading the body could give links that the text does not show.
bool may_hold_links(Bytes body);

/// The links of a preview or of an app's message.
Result<std::vector<Link>> read_payload(Bytes payload);

/// What became of a message that was edited or taken back.
struct Changes {
    std::vector<Edit> edits; ///< the versions
    std::string retracted_parts; ///< numbers of the parts that were taken back
    bool cut = false; ///< there were more than are read
    bool unreadable = false; ///< the text of a version could not be read
};
Result<Changes> read_changes(Bytes summary_info);

} // namespace exhibit::ios::sms
