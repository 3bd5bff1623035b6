#pragma once

#include "artifact/table.hpp"
#include "indicators/canonical_value.hpp"
#include "indicators/confidence.hpp"
#include "indicators/indicator_set.hpp"
#include "indicators/links.hpp"
#include "indicators/url.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace exhibit::indicators {

/// In what way a value met an indicator.
enum class How : std::uint8_t {
    exact, ///< the whole value, in its canonical form
    host_suffix, ///< a host below the one that the indicator names
    in_network, ///< an address of the network that the indicator names
    below_path, ///< a file below the folder that the indicator names
    file_name, ///< the base name of a path
    truncated_name, ///< a process name that the system cut, and that a longer indicator begins with
    mail_host, ///< a mail address at a host that the indicator names
    link_in_link, ///< a link that another link carries (a redirect, a search result)
    pattern, ///< a LIKE or MATCHES pattern of the indicator
};
std::string_view name_of(How);

struct Match {
    std::uint32_t indicator = 0; ///< index into IndicatorSet::indicators()
    How how = How::exact;
    Confidence confidence = Confidence::exact;
    bool in_text = false; ///< the value is prose that holds the part
    std::string_view part; ///< the piece of the value that matched; as long-lived as the value
};

/// Compares values with a set of indicators. One for each thread; it keeps the buffers that make a
/// comparison without a match free of allocations. The rules are those of docs/indicators.md.
class Matcher {
public:
    explicit Matcher(IndicatorSet set);

    /// All indicators that a value of this meaning matches, each once, in the order of the indicators.
    /// Valid until the next call. `opaque` and `not_text` match nothing.
    std::span<Match const> match(Is is, std::string_view value);

    [[nodiscard]] IndicatorSet const& set() const { return m_set; }

private:
    enum class LinkAs : std::uint8_t { host, url };

    void match_value(Is is, std::string_view value);
    void match_link(std::string_view text, LinkAs as);
    void match_url(std::string_view text, LinkAs as);
    bool match_url_itself(std::string_view text, LinkAs as, Url& url);
    void match_url_patterns(std::string_view text, Url const& url);
    void match_carried(std::string_view carrier);
    void match_host(Host const& host, std::string_view part);
    void match_address(Address const& address, std::string_view part);
    void match_email(std::string_view text);
    void match_mail_host(std::string_view host, std::string_view part);
    void match_handle(std::string_view text);
    void match_phone(std::string_view text);
    void match_identifier(Space space, std::string_view text);
    void match_process(std::string_view text);
    void match_process_name(std::string_view name);
    void match_process_parts(std::string_view name);
    void match_path(std::string_view text);
    void match_device_path(std::string_view text);
    void match_package_folders(std::string_view path);
    void match_file_name(std::string_view name, How how);
    void match_hash(Space space, std::string_view text);
    void match_text(std::string_view text);
    void match_system_text(std::string_view text);
    void match_resolved(std::string_view text);
    [[nodiscard]] bool compares(Space space) const;
    void find(Space space, std::string_view key, How how, Confidence confidence, std::string_view part);
    void find_pattern(Space space, std::string_view text, std::string_view part);
    [[nodiscard]] std::size_t place_of(std::uint32_t indicator);
    void add(std::uint32_t indicator, How how, Confidence confidence, std::string_view part);

    IndicatorSet m_set;
    Index const* m_index;
    std::vector<Match> m_matches;
    std::unordered_map<std::uint32_t, std::size_t> m_places; ///< of indicators among many matches
    Url m_url;
    Url m_carried_url;
    std::string m_carried_link;
    std::string m_buffer;
    std::string_view m_carrier; ///< the link of the value that carries the one being compared; else empty
    bool m_in_text = false;
    bool m_guessed = false; ///< where the link begins or ends is a guess
};

} // namespace exhibit::indicators
