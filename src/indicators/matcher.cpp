#include "indicators/matcher.hpp"

#include "base/text.hpp"
#include "indicators/ascii.hpp"
#include "indicators/carried_links.hpp"
#include "indicators/device_path.hpp"
#include "indicators/index.hpp"
#include "indicators/system_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exhibit::indicators {
namespace {

constexpr std::size_t kShortestIpv4 = 7;

/// `Name/3F2504E0-4F89-41D3-9A0C-0305E82C3301`: shutdown.log adds the UUID of the binary.
std::string_view without_uuid(std::string_view process)
{
    auto const slash = process.rfind('/');
    return slash != process.npos && is_uuid(process.substr(slash + 1)) ? process.substr(0, slash) : process;
}

} // namespace

std::string_view name_of(How how)
{
    constexpr std::array<std::string_view, 9> names { "exact", "host_suffix", "in_network", "below_path",
        "file_name", "truncated_name", "mail_host", "link_in_link", "pattern" };
    return names[static_cast<std::size_t>(how)];
}

Matcher::Matcher(IndicatorSet set)
    : m_set(std::move(set))
    , m_index(&m_set.index())
{
}

std::span<Match const> Matcher::match(Is is, std::string_view value)
{
    m_matches.clear();
    if (!m_places.empty())
        m_places.clear();
    m_in_text = false;
    match_value(is, value);
    if (m_matches.size() > 1)
        std::ranges::sort(m_matches, {}, &Match::indicator);
    return m_matches;
}

void Matcher::match_value(Is is, std::string_view value)
{
    switch (is) {
    case Is::not_text:
    case Is::opaque:
        return;
    case Is::free_text:
        return match_text(value);
    case Is::system_text:
        match_text(value);
        return match_system_text(value);
    case Is::url:
        return match_link(value, LinkAs::url);
    case Is::domain:
    case Is::ip:
        return match_link(value, LinkAs::host);
    case Is::email:
        return match_email(value);
    case Is::phone:
        return match_phone(value);
    case Is::handle:
        return match_handle(value);
    case Is::app_id:
        return match_identifier(Space::app_id, value);
    case Is::process:
        return match_process(value);
    case Is::path:
        return match_path(value);
    case Is::file_name:
        return match_file_name(value, How::exact);
    case Is::hash:
        return match_hash(Space::hash, value);
    case Is::cert_hash:
        return match_hash(Space::cert_hash, value);
    case Is::profile_id:
        return match_identifier(Space::profile_id, value);
    case Is::property_name:
        return match_identifier(Space::property_name, value);
    }
}

void Matcher::add(std::uint32_t indicator, How how, Confidence confidence, std::string_view part)
{
    if (!m_carrier.empty()) // what a link carries is no part of the value as it stands
        part = m_carrier;
    if (m_guessed)
        confidence = std::min(confidence, Confidence::moderate);
    Match const match { indicator, how, confidence, m_in_text, part };
    auto const place = place_of(indicator);
    if (place == m_matches.size())
        return m_matches.push_back(match);
    // One that can be opened tells more than one that was made harmless.
    auto& known = m_matches[place];
    if (std::pair { !is_defanged(part), confidence }
        > std::pair { !is_defanged(known.part), known.confidence })
        known = match;
}

/// Where an indicator stands among the matches, or is to be put. Hardly a value meets many.
std::size_t Matcher::place_of(std::uint32_t indicator)
{
    constexpr std::size_t few = 32;
    if (m_matches.size() < few)
        return static_cast<std::size_t>(
            std::ranges::find(m_matches, indicator, &Match::indicator) - m_matches.begin());
    if (m_places.empty())
        for (std::size_t i = 0; i != m_matches.size(); ++i)
            m_places.emplace(m_matches[i].indicator, i);
    return m_places.try_emplace(indicator, m_matches.size()).first->second;
}

void Matcher::find(Space space, std::string_view key, How how, Confidence confidence, std::string_view part)
{
    for (auto const indicator : m_index->table(space).find(key))
        add(indicator, how, confidence, part);
}

void Matcher::find_pattern(Space space, std::string_view text, std::string_view part)
{
    if (!m_index->regex(space).empty())
        m_index->regex(space).find(
            text, [&](std::uint32_t indicator) { add(indicator, How::pattern, Confidence::strong, part); });
}

void Matcher::match_link(std::string_view text, LinkAs as)
{
    if (auto const address = parse_address(trim(text)))
        return match_address(*address, text);
    match_url(text, as);
}

void Matcher::match_url(std::string_view text, LinkAs as)
{
    if (!match_url_itself(text, as, m_url))
        return;
    m_carrier = text;
    match_carried(m_url.key);
    m_carrier = {};
}

/// Returns whether it may carry links.
bool Matcher::match_url_itself(std::string_view text, LinkAs as, Url& url)
{
    if (!read_url(text, url)) {
        if (text.find('@') != text.npos)
            match_email(text);
        return false;
    }
    auto const how = m_carrier.empty() ? How::exact : How::link_in_link;
    auto const confidence = m_carrier.empty() ? Confidence::exact : Confidence::moderate;
    if (url.has_host)
        match_host(url.host, text);
    else if (text.find('@') != text.npos)
        match_email(text);
    if (as == LinkAs::host && !url.has_more_than_host)
        return false;
    find(Space::url, url.key, how, confidence, text);
    if (url.key_without_fragment != url.key.size())
        find(Space::url, url.page(), how, confidence, text);
    match_url_patterns(text, url);
    return url.has_more_than_host || !url.has_host;
}

/// Patterns are written for what browsers show, so they are tried on that form too, with either scheme.
void Matcher::match_url_patterns(std::string_view text, Url const& url)
{
    if (m_index->regex(Space::url).empty())
        return;
    find_pattern(Space::url, trim(text), text);
    if (!url.key.starts_with("//"))
        return;
    for (std::string_view const scheme : { "http:", "https:" }) {
        m_buffer.assign(scheme).append(url.key);
        find_pattern(Space::url, m_buffer, text);
    }
}

void Matcher::match_carried(std::string_view carrier)
{
    CarriedLinks links { carrier };
    while (links.next(m_carried_link))
        match_url_itself(m_carried_link, LinkAs::url, m_carried_url);
}

void Matcher::match_host(Host const& host, std::string_view part)
{
    if (host.address)
        return match_address(*host.address, part);
    auto const& hosts = m_index->table(Space::host);
    std::string_view const name = host.name;
    auto const without_www = name.starts_with("www.") ? name.substr(4) : name;
    for (auto suffix = name; !suffix.empty(); suffix = parent_host(suffix)) {
        auto const whole = suffix.size() == name.size();
        auto const exact = whole || suffix.size() == without_www.size();
        for (auto const indicator : hosts.find(suffix)) {
            if (!whole && m_set.indicators()[indicator].exact_only)
                continue;
            if (!m_carrier.empty())
                add(indicator, How::link_in_link, Confidence::moderate, part);
            else if (exact)
                add(indicator, whole ? How::exact : How::host_suffix, Confidence::exact, part);
            else
                add(indicator, How::host_suffix, Confidence::strong, part);
        }
    }
    find_pattern(Space::host, name, part);
}

void Matcher::match_address(Address const& address, std::string_view part)
{
    auto const nested = !m_carrier.empty();
    find(Space::address, address.key(), nested ? How::link_in_link : How::exact,
        nested ? Confidence::moderate : Confidence::exact, part);
    m_index->networks.find(
        address, [&](std::uint32_t indicator) { add(indicator, How::in_network, Confidence::strong, part); });
    if (!m_index->regex(Space::address).empty())
        find_pattern(Space::address, to_text(address), part);
}

void Matcher::match_email(std::string_view text)
{
    if (!read_email(text, m_buffer))
        return;
    find(Space::email, m_buffer, How::exact, Confidence::exact, text);
    find_pattern(Space::email, m_buffer, text);
    match_mail_host(std::string_view { m_buffer }.substr(m_buffer.rfind('@') + 1), text);
}

void Matcher::match_mail_host(std::string_view host, std::string_view part)
{
    for (; !host.empty(); host = parent_host(host))
        for (auto const indicator : m_index->table(Space::host).find(host))
            if (!m_set.indicators()[indicator].exact_only)
                add(indicator, How::mail_host, Confidence::moderate, part);
}

void Matcher::match_phone(std::string_view text)
{
    if (!compares(Space::phone) || !read_phone(text, m_buffer))
        return;
    find(Space::phone, m_buffer, How::exact, Confidence::exact, text);
    find_pattern(Space::phone, m_buffer, text);
}

void Matcher::match_handle(std::string_view text)
{
    auto const whole = trim(text);
    auto const at = whole.rfind('@');
    if (at != whole.npos && at != 0) {
        // WhatsApp names a person `<number>@s.whatsapp.net`.
        if (whole.substr(at) == "@s.whatsapp.net" || whole.substr(at) == "@c.us")
            match_phone(whole.substr(0, at));
        else
            match_email(whole);
    } else {
        match_phone(whole);
    }
    match_identifier(Space::account, whole.starts_with('@') ? whole.substr(1) : whole);
}

void Matcher::match_identifier(Space space, std::string_view text)
{
    auto const whole = trim(text);
    auto const& table = m_index->table(space);
    if (!whole.empty() && table.may_hold_length(whole.size())) {
        for (auto const indicator : table.find(lower_into(whole, m_buffer))) {
            // Case does not tell such identifiers apart in practice, but a difference is worth a doubt.
            auto const same = m_set.indicators()[indicator].value.find(whole) != std::string_view::npos;
            add(indicator, How::exact, same ? Confidence::exact : Confidence::strong, text);
        }
    }
    find_pattern(space, whole, text);
}

void Matcher::match_process(std::string_view text)
{
    auto const whole = without_uuid(trim(text));
    bool const is_path = whole.starts_with('/');
    auto const name = is_path ? read_mapped_file(whole).name : base_name(whole);
    if (is_path)
        match_path(whole);
    match_process_name(name);
    match_process_parts(name);
    if (name.size() == whole.size() || is_path)
        return;
    // DataUsage writes `process/bundle.id`.
    auto const first = whole.substr(0, whole.find('/'));
    match_process_name(first);
    match_identifier(Space::app_id, first);
}

/// Android: `com.example:service`, and for what runs apart `webview:com.example:service`.
void Matcher::match_process_parts(std::string_view name)
{
    constexpr unsigned most = 8; // Systems write three.
    for (unsigned i = 0; i != most && !name.empty(); ++i) {
        auto const end = std::min(name.find(':'), name.size());
        match_identifier(Space::app_id, name.substr(0, end));
        name.remove_prefix(std::min(end + 1, name.size()));
    }
}

void Matcher::match_process_name(std::string_view name)
{
    if (name.empty())
        return;
    find(Space::process, name, How::exact, Confidence::exact, name);
    find_pattern(Space::process, name, name);
    if (std::ranges::find(kCutLengths, name.size()) == kCutLengths.end())
        return;
    for (auto const indicator : m_index->cut_processes.find(name))
        add(indicator, How::truncated_name, Confidence::moderate, name);
}

void Matcher::match_path(std::string_view text)
{
    auto const file = read_mapped_file(text);
    match_file_name(file.name, How::file_name);
    if (!file.path.ends_with(file.name))
        match_file_name(file.path, How::file_name);
    match_package_folders(text);
    match_device_path(file.path);
}

/// Android names the folders of an app after its package, and they outlive the app.
void Matcher::match_package_folders(std::string_view path)
{
    static constexpr std::array<std::string_view, 5> kRoots { "/data/", "/storage/", "/sdcard/", "/mnt/",
        "/apps/" };
    auto const& apps = m_index->table(Space::app_id);
    if (!compares(Space::app_id)
        || std::ranges::none_of(kRoots, [&](auto root) { return path.starts_with(root); }))
        return;
    PackageFinder finder { path };
    for (std::string_view name; finder.next(name);) {
        if (apps.may_hold_length(name.size()))
            for (auto const indicator : apps.find(lower_into(name, m_buffer)))
                add(indicator, How::below_path, Confidence::strong, path);
        find_pattern(Space::app_id, name, path);
    }
}

void Matcher::match_device_path(std::string_view text)
{
    auto const& paths = m_index->table(Space::path);
    auto const& patterns = m_index->regex(Space::path);
    if ((paths.empty() && patterns.empty()) || !read_device_path(text, m_buffer))
        return;
    std::string_view const path = m_buffer;
    auto const longest = paths.longest();
    for (auto end = path.find('/', 1); end <= longest && end < path.size(); end = path.find('/', end + 1))
        for (auto const indicator : paths.find(path.substr(0, end)))
            add(indicator, How::below_path, Confidence::strong, text);
    find(Space::path, path, How::exact, Confidence::exact, text);
    find_pattern(Space::path, path, text);
}

void Matcher::match_file_name(std::string_view name, How how)
{
    auto const base = base_name(name);
    if (base.empty())
        return;
    find(Space::file_name, base, how, Confidence::exact, name);
    find_pattern(Space::file_name, base, name);
}

void Matcher::match_hash(Space space, std::string_view text)
{
    if (!compares(space) || !read_hash(text, m_buffer))
        return;
    find(space, m_buffer, How::exact, Confidence::exact, text);
    find_pattern(space, m_buffer, text);
}

bool Matcher::compares(Space space) const
{
    return !m_index->table(space).empty() || !m_index->regex(space).empty();
}

void Matcher::match_system_text(std::string_view text)
{
    m_in_text = true;
    if (compares(Space::app_id)) {
        PackageFinder finder { text };
        for (std::string_view name; finder.next(name);) {
            match_identifier(Space::app_id, name);
            match_identifier(Space::app_id, package_of_class(name));
        }
    }
    if (compares(Space::address) || !m_index->networks.empty())
        match_resolved(text);
    if (compares(Space::path)) {
        PathFinder finder { text };
        for (std::string_view path; finder.next(path);)
            match_device_path(path);
    }
}

/// Java writes `host/203.0.113.7:443` of a host that it looked up.
void Matcher::match_resolved(std::string_view text)
{
    for (auto slash = text.find('/'); slash != text.npos; slash = text.find('/', slash + 1)) {
        auto const word = text.substr(slash + 1);
        auto const size = std::min(word.find_first_not_of("0123456789."), word.size());
        bool const ends = size == word.size()
            || !(is_letter(word[size]) || std::string_view { "/_-" }.contains(word[size]));
        if (size >= kShortestIpv4 && ends)
            if (auto const address = parse_address(word.substr(0, size)))
                match_address(*address, word.substr(0, size));
    }
}

void Matcher::match_text(std::string_view text)
{
    m_in_text = true;
    if (m_index->has_ipv6) {
        Ipv6Finder words { text };
        for (std::string_view word; words.next(word);)
            if (auto const address = parse_address(word))
                match_address(*address, word);
    }
    LinkFinder finder { text };
    Link link;
    while (finder.next(link)) {
        if (link.type == Link::Type::email) {
            match_email(link.text);
            if (link.emphasized)
                match_email(link.text.substr(std::min(link.text.find_first_not_of('_'), link.text.size())));
            continue;
        }
        auto const core = ascii_core(link);
        bool const all_ascii = core.size() == link.text.size();
        // Only an A-label among the indicators could match an international top-level domain.
        if (all_ascii || link.type == Link::Type::url || m_index->has_international_hosts)
            match_link(link.text, LinkAs::url);
        if (!all_ascii && !core.empty()) {
            m_guessed = true;
            match_link(core, LinkAs::url);
            m_guessed = false;
        }
    }
}

} // namespace exhibit::indicators
