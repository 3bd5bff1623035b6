#pragma once

#include <array>
#include <string_view>

namespace exhibit::test {

struct LocalMoment {
    std::string_view stored;
    std::string_view shown; ///< empty: it is none
};

/// In every form that phones write, and what only looks like one.
inline constexpr std::array kLocalMoments {
    LocalMoment { "2023-05-24 13:58:04.123456", "2023-05-24 13:58:04.123456" },
    LocalMoment { "2023-05-24T13:58:04", "2023-05-24 13:58:04" },
    LocalMoment { "2023-05-24 13:58", "2023-05-24 13:58" },
    LocalMoment { "2023-05-24 13", "2023-05-24" },
    LocalMoment { "2023-05-24", "2023-05-24" },
    LocalMoment { "2023-05-24-13-58-04", "2023-05-24 13:58:04" },
    LocalMoment { "Wed May 24 13:58:05 2023", "2023-05-24 13:58:05" },
    LocalMoment { "Sat Dec  2 09:08:07 2023", "2023-12-02 09:08:07" },
    LocalMoment { "Sat Dex  2 09:08:07 2023", "" },
    LocalMoment { "Sat Dec  2 09:08:07", "" },
    LocalMoment { "05/24/23 13:58:06.123", "2023-05-24 13:58:06.123" },
    LocalMoment { "05/24/23 13", "" },
    LocalMoment { "24/05/23 13:58:06", "" },
    LocalMoment { "05-24 13:58:04.123", "05-24 13:58:04.123" },
    LocalMoment { "05-24 13", "" },
    LocalMoment { "0000-00-00 00:00:00", "" },
    LocalMoment { "soon", "" },
    LocalMoment { "", "" },
};

} // namespace exhibit::test
