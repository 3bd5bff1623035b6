#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/location/lines.hpp"
#include "artifacts/android/location/tables.hpp"
#include "base/beginning.hpp"

#include <algorithm>
#include <string>

namespace exhibit::android::location {
namespace {

enum class Part : std::uint8_t { none, providers, records, totals, old_totals, entries, old_entries };

constexpr std::array<std::pair<std::string_view, Part>, 6> kParts {
    std::pair { std::string_view { "Location Providers:" }, Part::providers },
    { "Active Records by Provider:", Part::records },
    { "Historical Aggregate Location Provider Data:", Part::totals },
    { "Historical Records by Provider:", Part::old_totals },
    { "Event Log:", Part::entries },
    { "Last Several Location Requests:", Part::old_entries },
};
constexpr std::size_t kIndentOfParts = 2;

class Dump {
public:
    Dump(Context& context, DeviceClock const& clock)
        : m_context(context)
        , m_clock(clock)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = trim(line.text);
        if (text.empty())
            return {};
        Origin const origin { line.offset };
        if (indent_of(line.text) <= kIndentOfParts)
            return begin_part(text);
        switch (m_part) {
        case Part::none:
            return {};
        case Part::providers:
            return add_to_provider(text, origin);
        case Part::records:
            return add(kClients, read_client(text, {}), origin);
        case Part::totals:
            if (auto const total = read_total(text, m_name))
                return m_context.add(kTotals, *total, origin);
            if (text.ends_with(':'))
                m_name = beginning_of(text.substr(0, text.size() - 1));
            return {};
        case Part::old_totals:
            return add(kTotals, read_old_total(text), origin);
        case Part::entries:
            return add(kEntries, read_entry(text, m_clock), origin);
        case Part::old_entries:
            return add(kEntries, read_old_entry(text, m_clock), origin);
        }
        return {};
    }

    Result<void> finish()
    {
        if (m_name.empty() || m_part != Part::providers)
            return {};
        Provider row;
        row.provider = m_name;
        row.mock = m_mock;
        row.enabled = m_enabled;
        std::string_view rest = m_identity;
        if (auto const caller = take_caller(rest)) {
            row.package = caller->package;
            row.uid = caller->uid;
        }
        auto added = m_context.add(kProviders, row, m_origin);
        m_name.clear();
        return added;
    }

private:
    template<typename Table, typename Row>
    Result<void> add(Table const& table, std::optional<Row> const& row, Origin origin)
    {
        return row ? m_context.add(table, *row, origin) : Result<void> {};
    }

    Result<void> begin_part(std::string_view title)
    {
        EXHIBIT_TRY(finish());
        auto const* const found = std::ranges::find(kParts, title, &std::pair<std::string_view, Part>::first);
        m_part = found == kParts.end() ? Part::none : found->second;
        m_name.clear();
        return {};
    }

    /// `gps provider:`, `gps provider [mock]:`, and what stands below: its open requests and its state.
    Result<void> add_to_provider(std::string_view text, Origin origin)
    {
        auto const name = text.substr(0, text.find(' '));
        auto const rest = text.substr(name.size());
        if (rest == " provider:" || rest == " provider [mock]:") {
            EXHIBIT_TRY(finish());
            m_name = beginning_of(name);
            m_mock = rest.contains("[mock]");
            m_enabled.reset();
            m_identity.clear();
            m_origin = origin;
            return {};
        }
        if (auto const enabled = value_of(text, "enabled"); enabled && text.starts_with("enabled=")) {
            m_enabled = to_flag(*enabled);
            return {};
        }
        if (auto identity = text; eat(identity, "identity=")) {
            m_identity = identity;
            return {};
        }
        if (auto packages = text; eat(packages, "packages={")) { // Android 11.
            m_identity = packages.substr(0, packages.find_first_of(", }"));
            return {};
        }
        return add(kClients, read_client(text, m_name), origin);
    }

    Context& m_context;
    DeviceClock m_clock;
    Part m_part = Part::none;
    std::string m_name;
    bool m_mock = false;
    std::optional<bool> m_enabled;
    std::string m_identity;
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context, clock_of_section(input) });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/location" };
constexpr std::array<Table const*, 4> kTables { &kClients, &kTotals, &kEntries, &kProviders };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.location",
    .title = "Apps that asked for the location",
    .doc = "Which apps asked the system where the phone is: requests that were open, how long and how often "
           "since the system started, and the service's log of the last requests. The locations themselves "
           "are not "
           "copied. Apps that ask Google's services instead of the system stand there under "
           "`com.google.android.gms`. Times are the device's wall clock without a year.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::location
