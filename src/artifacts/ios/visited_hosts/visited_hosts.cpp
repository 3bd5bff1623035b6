#include "artifacts/common/plist_file.hpp"

#include <array>

namespace exhibit::ios::visited_hosts {
namespace {

using namespace std::string_view_literals;

struct Host {
    Time created;
    std::string host;
    std::string session;
};

constexpr std::array kColumns {
    column<&Host::created>("created", Clock::plist, "When the host was first noted, or again."),
    column<&Host::host>("host", Is::domain, "The host."),
    column<&Host::session>("session_name", Is::opaque, "The part of the list: a name of the system's."),
};
constexpr std::array kEvents { Event { "created", "host_noted", "{host}" } };
constexpr auto kHosts = table<Host>("ios_secure_host",
    "One row per host that asked for connections to be encrypted from then on.", Relation::contacted,
    kColumns, kEvents);

Result<void> parse(Input const& input, Context& context)
{
    auto const file = EXHIBIT_TRY(open_plist(input, context));
    if (file.root().kind() != plist::Kind::dictionary)
        return fail(Fault::malformed, "the property list is no dictionary");
    std::uint64_t number = 0;
    for (auto const& session : file.root().entries())
        for (auto const& entry : session.value.entries()) {
            Host const host { plist_time(entry.value.find("Create Time")), entry.key.as_text().value_or(""),
                session.key.as_text().value_or("") };
            EXHIBIT_TRY(context.add(kHosts, host, Origin { ++number }));
        }
    return {};
}

constexpr std::array kPaths { "/private/var/**/HSTS.plist"sv };
constexpr std::array<Table const*, 1> kTables { &kHosts };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "ios.visited_hosts",
    .title = "Hosts that asked for encryption (HSTS)",
    .doc
    = "Hosts that the phone was connected to and that asked for encrypted connections from then on, also "
      "where the history was deleted. Read from the files HSTS.plist of the system and of apps; their form "
      "was not verified on a sample.",
    .platform = Platform::ios,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::ios::visited_hosts
