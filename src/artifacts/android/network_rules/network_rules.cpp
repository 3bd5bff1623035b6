#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/beginning.hpp"

#include <algorithm>

namespace exhibit::android::network_rules {
namespace {

struct PacketRule {
    std::string_view list;
    std::string chain;
    std::optional<std::string> target;
    std::string protocol;
    std::optional<std::string> in_interface;
    std::optional<std::string> out_interface;
    std::string source;
    std::string destination;
    std::string conditions;
    std::optional<std::int64_t> port;
    std::optional<std::string> to_ip;
    std::optional<std::int64_t> to_port;
    std::optional<std::int64_t> packets;
    std::optional<std::int64_t> bytes;
};

constexpr std::array kPacketColumns {
    column<&PacketRule::list>("list", Is::opaque, "Table of the kernel: `filter`, `nat`, `mangle` or `raw`."),
    column<&PacketRule::chain>("chain", Is::opaque, "Chain of rules that it stands in."),
    column<&PacketRule::target>("target", Is::opaque,
        "What happens to a packet: `ACCEPT`, `DROP`, `DNAT`, `REDIRECT`, another chain, and so on."),
    column<&PacketRule::protocol>("protocol", Is::opaque, "Protocol, or `all`."),
    column<&PacketRule::in_interface>("in_interface", Is::opaque, "Only what comes in there."),
    column<&PacketRule::out_interface>("out_interface", Is::opaque, "Only what goes out there."),
    column<&PacketRule::source>("source", Is::opaque, "Only what comes from this network."),
    column<&PacketRule::destination>("destination", Is::ip, "Only what goes to this network."),
    column<&PacketRule::conditions>("conditions", Is::opaque, "The rest of the rule, as printed."),
    column<&PacketRule::port>("port", "Only what goes to this port."),
    column<&PacketRule::to_ip>("to_ip", Is::ip, "Address that packets are led to instead."),
    column<&PacketRule::to_port>("to_port", "Port that packets are led to instead."),
    column<&PacketRule::packets>("packets", "How many packets it met since it was made."),
    column<&PacketRule::bytes>("bytes", "How many bytes these had."),
};
constexpr auto kPacketRules = table<PacketRule>("android_packet_rule",
    "One row per rule that the kernel applies to packets of the network.", Relation::context, kPacketColumns);

struct RoutingRule {
    std::int64_t priority = 0;
    std::string conditions;
    std::optional<std::string> lookup;
    std::optional<std::string> in_interface;
    std::optional<std::string> out_interface;
    std::optional<std::int64_t> first_uid;
    std::optional<std::int64_t> last_uid;
};

constexpr std::array kRoutingColumns {
    column<&RoutingRule::priority>("rule_priority", "Rules of smaller numbers come first."),
    column<&RoutingRule::conditions>("conditions", Is::opaque, "The rule as printed."),
    column<&RoutingRule::lookup>("lookup", Is::opaque, "Table of routes, mostly called as the interface."),
    column<&RoutingRule::in_interface>("in_interface", Is::opaque, "Only what comes in there."),
    column<&RoutingRule::out_interface>("out_interface", Is::opaque, "Only what goes out there."),
    column<&RoutingRule::first_uid>("first_uid", "First Linux user id that it is for."),
    column<&RoutingRule::last_uid>("last_uid", "Last Linux user id that it is for."),
};
constexpr auto kRoutingRules = table<RoutingRule>("android_routing_rule",
    "One row per rule that chooses the way of packets: a VPN has rules for the user ids of the apps that use "
    "it.",
    Relation::context, kRoutingColumns);

std::optional<std::string> unless_any(std::string_view interface)
{
    return interface == "*" || interface == "any" ? std::nullopt
                                                  : std::optional { std::string { interface } };
}

bool is_protocol(std::string_view word)
{
    constexpr std::array<std::string_view, 14> names { "all", "tcp", "udp", "udplite", "icmp", "icmpv6",
        "ipv6-icmp", "icmp6", "esp", "ah", "sctp", "mh", "gre", "ip" };
    return std::ranges::find(names, word) != names.end() || to_integer(word);
}

bool is_network(std::string_view word)
{
    return word.contains('.') || word.contains(':');
}

/// What a packet is led to: `to:192.0.2.7:53`, `to:[2001:db8::1]:53`, `redir ports 8080`,
/// `TPROXY redirect 192.0.2.7:8080 mark ...`
void read_new_place(PacketRule& rule)
{
    std::string_view const text = rule.conditions;
    if (auto const at = text.find("redir ports "); at != text.npos)
        rule.to_port = leading_integer(text.substr(at + 12));
    auto place = [&]() -> std::string_view {
        for (std::string_view const mark : { "to:", "TPROXY redirect " })
            if (auto const at = text.find(mark); at != text.npos)
                return text.substr(at + mark.size(), text.find(' ', at + mark.size()) - at - mark.size());
        return {};
    }();
    if (place.empty())
        return;
    auto const colon = place.rfind(':');
    if (auto const inside = between(place, "[", "]"))
        rule.to_ip = *inside;
    else
        rule.to_ip = place.substr(0, place.find(':') == colon ? colon : place.npos);
    if (place.starts_with('[') || place.find(':') == colon)
        rule.to_port = to_integer(colon == place.npos ? std::string_view {} : place.substr(colon + 1));
}

/// `iptables -L -nvx`: packets, bytes, target, protocol, options, interfaces, networks, conditions. The
/// target may be missing, and so are the options in newer versions of ip6tables.
std::optional<PacketRule> read_packet_rule(std::string_view text)
{
    auto rest = trim(text);
    PacketRule rule;
    rule.packets = to_integer(take_word(rest));
    rule.bytes = to_integer(take_word(rest));
    if (!rule.packets || !rule.bytes)
        return std::nullopt;
    auto word = take_word(rest);
    auto after = rest;
    if (!is_protocol(word) || is_protocol(take_word(after))) {
        rule.target = word;
        word = take_word(rest);
    }
    if (!is_protocol(word))
        return std::nullopt;
    rule.protocol = word;
    auto interface = take_word(rest);
    if (interface == "--" || interface == "-f" || interface == "!f")
        interface = take_word(rest);
    rule.in_interface = unless_any(interface);
    rule.out_interface = unless_any(take_word(rest));
    rule.source = take_word(rest);
    rule.destination = take_word(rest);
    if (!is_network(rule.source) || !is_network(rule.destination))
        return std::nullopt;
    rule.conditions = trim(rest);
    for (std::string_view const mark : { "dpt:", "dpts:" })
        if (auto const at = rest.find(mark); at != rest.npos)
            rule.port = leading_integer(rest.substr(at + mark.size()));
    read_new_place(rule);
    return rule;
}

Result<void> parse_packet_rules(Input const& input, Context& context)
{
    auto const list = input.path.contains("_nat") ? "nat"
        : input.path.contains("mangle")           ? "mangle"
        : input.path.contains("raw")              ? "raw"
                                                  : "filter";
    SectionReader lines { input, context };
    std::string chain;
    for (Line line; lines.next(line);) {
        auto text = line.text;
        if (eat(text, "Chain ")) {
            chain = beginning_of(take_word(text));
        } else if (auto rule = read_packet_rule(text)) {
            rule->list = list;
            rule->chain = chain;
            EXHIBIT_TRY(context.add(kPacketRules, *rule, Origin { line.offset }));
        }
    }
    return lines.result();
}

/// `10000:  from all fwmark 0xc0000/0xd0000 iif lo uidrange 0-99999 lookup tun0`
Result<void> parse_routing_rules(Input const& input, Context& context)
{
    SectionReader lines { input, context };
    for (Line line; lines.next(line);) {
        auto text = trim(line.text);
        auto const priority = to_integer(take_until(text, ':'));
        if (!priority || text.empty())
            continue;
        RoutingRule rule;
        rule.priority = *priority;
        rule.conditions = trim(text);
        std::string_view before;
        for (auto rest = std::string_view { rule.conditions }; !rest.empty();) {
            auto const word = take_word(rest);
            if (before == "lookup")
                rule.lookup = word;
            else if (before == "iif")
                rule.in_interface = word;
            else if (before == "oif")
                rule.out_interface = word;
            else if (before == "uidrange") {
                auto range = word;
                rule.first_uid = to_integer(take_until(range, '-'));
                rule.last_uid = to_integer(range);
            }
            before = word;
        }
        EXHIBIT_TRY(context.add(kRoutingRules, rule, Origin { line.offset }));
    }
    return lines.result();
}

Result<void> parse(Input const& input, Context& context)
{
    if (input.path.starts_with("@dumpstate/ip_rules"))
        return parse_routing_rules(input, context);
    return parse_packet_rules(input, context);
}

constexpr std::array<std::string_view, 9> kPaths { "@dumpstate/iptables", "@dumpstate/ip6tables",
    "@dumpstate/iptables_nat", "@dumpstate/iptables_mangle", "@dumpstate/ip6tables_mangle",
    "@dumpstate/iptables_raw", "@dumpstate/ip6tables_raw", "@dumpstate/ip_rules", "@dumpstate/ip_rules_v6" };
constexpr std::array<Table const*, 2> kTables { &kPacketRules, &kRoutingRules };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.network_rules",
    .title = "Rules for packets and routes",
    .doc = "What the kernel did to packets of the network at the moment of the bug report: what it let "
           "through, and "
           "what it led to another address or port. Which apps a VPN leads elsewhere stands in the rules for "
           "routes.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::network_rules
