#pragma once

// IWYU pragma: begin_exports
#include "artifact/table.hpp"
#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/recovered.hpp"
#include "base/result.hpp"
#include "base/source.hpp"
#include "base/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
// IWYU pragma: end_exports

namespace exhibit {

enum class Platform : std::uint8_t { ios, android };

/// Where in the evidence a row came from. `locator` is a byte offset, a row id or a line of the entry.
struct Origin {
    std::uint64_t locator = 0;
    Recovered recovered = Recovered::live;
};

/// How bad a diagnostic is: `damage` means that evidence could not be read whole.
enum class Level : std::uint8_t { note, warning, damage };

/// What a parser can do, and all that it can do: read its input, add rows, say what was wrong.
class Context {
public:
    Context() = default;
    Context(Context const&) = delete;
    Context& operator=(Context const&) = delete;
    virtual ~Context() = default;

    /// Adds a row; text in it may be borrowed, it is copied before this returns. Fails only when a
    /// limit is reached or the run was cancelled: hand that failure on.
    template<typename Row>
    Result<void> add(TableOf<Row> const& table, std::type_identity_t<Row> const& row, Origin origin)
    {
        auto added = add_row(table, &row, origin);
        m_ended = m_ended || !added;
        return added;
    }
    /// Whether a row was refused: none may follow, whatever is left to be told.
    [[nodiscard]] bool ended() const { return m_ended; }

    /// Says what was wrong, and goes on. The same message may come a thousand times: it is counted.
    virtual void note(Level, Fault, std::string_view message, Origin origin = {}) = 0;
    void note(Level level, Error const& error) { note(level, error.fault, error.what, Origin { error.at }); }

    /// Reads one part of an entry, and gives its rows to the context of that part.
    using ReadPart = std::function<Result<void>(std::size_t part, Context& context)>;
    static constexpr std::size_t kMostParts = 31;

    /// Calls `read` once with each number below `count`, perhaps on several threads at once. The rows of the
    /// parts stand one after the other. Fails as the first of them that did. For entries that would keep one
    /// thread busy when the others have nothing left to do.
    virtual Result<void> read_parts(std::size_t count, ReadPart const& read)
    {
        for (std::size_t part = 0; part != count; ++part)
            EXHIBIT_TRY(read(part, *this));
        return {};
    }

    [[nodiscard]] virtual Limits const& limits() const = 0;
    [[nodiscard]] virtual std::stop_token stop() const = 0;

protected:
    virtual Result<void> add_row(Table const&, void const* row, Origin) = 0;
    void begin_again() { m_ended = false; } ///< with another entry

private:
    bool m_ended = false;
};

/// What the acquisition tells about the device's clock, for text that lacks a zone or a year.
struct DeviceClock {
    Zone const* zone = nullptr; ///< null: unknown, local times then have no UTC moment
    std::optional<Timestamp>
        taken; ///< what the device's wall clock showed at the acquisition, as if it were UTC
};

/// An entry that an artifact asked for, opened.
struct Input {
    std::string_view path; ///< canonical and absolute, as the device had it: `/private/var/mobile/...`
    std::string_view stored; ///< where the acquisition keeps it: `HomeDomain::Library/SMS/sms.db` in a backup
    Source const* source = nullptr; ///< never null
    Source const* wal = nullptr; ///< the `-wal` of a database, when the acquisition holds one
    Source const* journal = nullptr; ///< likewise `-journal`
    std::optional<Timestamp> modified = {}; ///< as the container has it
    std::optional<Timestamp> wall_clock = {}; ///< instead of it, on the device's clock, as if that were UTC
    DeviceClock clock = {};
    Source const* beside = nullptr; ///< what `Artifact::beside` names, when the acquisition holds it

    /// For columns with `Clock::entry_modified`.
    [[nodiscard]] Time modified_time() const
    {
        return modified ? Time::unix_micros(modified->time_since_epoch().count()) : Time {};
    }
};

/// Which kinds of acquisition take along what lies at an artifact's paths. Paths below a pseudo root, such as
/// `@backup/` or `@dumpsys/`, name their kind themselves; this is said of those on the device.
enum class Kept : std::uint8_t {
    in_all, ///< copies of the file system, and backups or bug reports
    in_backup, ///< backups only
    if_encrypted, ///< copies of the file system, and backups that are encrypted
    on_device, ///< copies of the file system only
};

/// One artifact: what it is, which entries it wants, what tables it fills, and how.
/// A module defines exactly one `extern constinit Artifact const` and nothing else with linkage.
struct Artifact {
    std::string_view id; ///< "ios.call_history", also its folder under src/artifacts and tests/artifacts
    std::string_view title;
    std::string_view doc; ///< what it tells, where its facts come from, how far back it reaches
    Platform platform;
    std::span<std::string_view const> paths; ///< globs (base/text.hpp) on canonical paths
    std::span<Table const* const> tables;
    Result<void> (*parse)(Input const&, Context&); ///< called from any thread, once per entry
    bool key = false; ///< without it an assessment is inconclusive
    std::string_view instead
        = {}; ///< another artifact that tells the same: with either one nothing is missing
    Kept kept = Kept::in_all;
    /// Of entries that have to be unpacked for it, the smallest ones are, up to so many bytes together; the
    /// others are said not to have been. For artifacts that look at little of many large files. 0: no limit.
    std::uint64_t most_unpacked = 0;
    std::string_view beside = {}; ///< a file without which an entry cannot be understood: its name, one
                                  ///< folder above the entry's own
    bool by_list = false; ///< all that it tells of an entry stands in the acquisition's list: the source has
                          ///< the size of the content, and none of it
    bool first_bytes = false; ///< of most entries it looks at no more than the first bytes: they count as
                              ///< unread where no other artifact reads them
};

} // namespace exhibit
