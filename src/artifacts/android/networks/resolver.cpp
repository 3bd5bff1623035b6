#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "artifacts/android/networks/tables.hpp"

#include <set>

namespace exhibit::android::networks {
namespace {

constexpr std::size_t kMostNames = 5'000; // The log of private servers is short, and repeats them.

/// `DNS servers: # IP (total, ...` and `Private DNS configuration (1 entries)` with a server per line below,
/// `search domains: a.example, b.example`: DnsResolver of the Android Open Source Project.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        auto const indent = indent_of(line.text);
        if (text.starts_with("DNS servers:")) {
            m_servers_at = indent;
            return {};
        }
        if (m_servers_at && indent > *m_servers_at) {
            auto const ip = take_word(text);
            return is_new("server", ip)
                ? m_context.add(kResolvers, Resolver { {}, std::string { ip } }, Origin { line.offset })
                : Result<void> {};
        }
        m_servers_at.reset();
        if (eat(text, "search domains:"))
            return add_search_domains(text, line.offset);
        if (auto const name = between(text, " name{", "}"))
            return add("private_dns", *name, line.offset);
        if (auto name = between(text, "PrivateDns={", "}")) { // `192.0.2.1:853/dns.example`
            (void)take_until(*name, '/');
            return add("private_dns", *name, line.offset);
        }
        return {};
    }

private:
    Result<void> add_search_domains(std::string_view text, std::uint64_t offset)
    {
        while (!text.empty())
            EXHIBIT_TRY(add("search_domain", trim(take_until(text, ',')), offset));
        return {};
    }

    Result<void> add(std::string_view kind, std::string_view host, std::uint64_t offset)
    {
        return host.contains('.') && is_new(kind, host)
            ? m_context.add(kResolverNames, ResolverName { kind, host }, Origin { offset })
            : Result<void> {};
    }

    bool is_new(std::string_view kind, std::string_view name)
    {
        if (m_told.size() != kMostNames)
            return m_told.emplace(kind, std::string { name }).second;
        m_context.note(
            Level::damage, Fault::over_limit, "more servers and names than are read: the rest was left out");
        return false;
    }

    Context& m_context;
    std::optional<std::size_t> m_servers_at; ///< how far in their heading stands
    std::set<std::pair<std::string_view, std::string>> m_told;
};

} // namespace

Result<void> parse_resolver(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

} // namespace exhibit::android::networks
