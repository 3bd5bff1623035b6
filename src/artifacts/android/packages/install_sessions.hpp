#pragma once

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/packages/tables.hpp"

#include <string>
#include <string_view>

namespace exhibit::android::packages {

/// Reads `Active install sessions:` and its siblings. Their pairs `key=value` are wrapped at a fixed width,
/// even inside a word, so the lines of a session are joined before they are taken apart.
class InstallSessions {
public:
    explicit InstallSessions(Context& context)
        : m_context(context)
    {
    }

    Result<void> begin(std::string_view state);
    Result<void> add_line(Line const& line);
    Result<void> finish();

private:
    Context& m_context;
    std::string m_state;
    std::string m_text;
    std::int64_t m_session = 0;
    std::uint64_t m_offset = 0;
    bool m_open = false;
};

/// `/data/system/install_sessions.xml`: the sessions that are not over, over restarts.
Result<void> parse_sessions(Input const& input, Context& context);

} // namespace exhibit::android::packages
