#include "acquisition/ios_backup/backup.hpp"

#include "acquisition/file_source.hpp"
#include "acquisition/ios_backup/domains.hpp"
#include "acquisition/ios_backup/real_size.hpp"
#include "base/text.hpp"
#include "formats/backup_path/backup_path.hpp"
#include "formats/crypto/cbc_source.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace exhibit::ios_backup {

namespace {

// What a handle refers to stands in its top bits; the rest is the manifest's own.
constexpr std::uint64_t kOwnFile = std::uint64_t { 1 } << 62U;
constexpr std::uint64_t kLost = std::uint64_t { 1 } << 63U;

/// Mark of an entry whose payload is the one that its domain and path name, and is not encrypted: what its
/// line in the manifest says besides is known.
constexpr std::uint8_t kByName = 1;

constexpr std::array<std::string_view, 6> kOwnFiles { "Info.plist", "Manifest.db", "Manifest.db-wal",
    "Manifest.mbdb", "Manifest.plist", "Status.plist" };
constexpr std::string_view kPseudoRoot = "@backup/";
constexpr std::string_view kBetween = "::";

constexpr std::size_t kMostDomains = 20'000;
constexpr std::uint8_t kMostLinesOfOne = 4; ///< A phone lists each file once.

bool has_parent_component(std::string_view path)
{
    return path == ".." || path.starts_with("../") || path.ends_with("/..") || path.contains("/../");
}

/// Whether it is the list of files, which is shown in the clear.
bool is_manifest(std::string_view name)
{
    return name == "Manifest.db" || name == "Manifest.mbdb";
}

} // namespace

/// A problem that is counted while the manifest is read.
struct Tally {
    Fault fault;
    std::string_view what;
    bool damage = true;
    bool hides = false;
    std::uint64_t count = 0;
    std::string example {};

    void add(std::string_view stored)
    {
        if (count++ == 0)
            example = stored;
    }
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view> {}(text); }
};

/// One reading of the manifest.
struct IosBackup::Pass {
    std::function<bool(EntryView const&)> const& visitor;
    Payloads const& payloads;
    std::vector<std::uint8_t> lines {}; ///< how many were shown of each payload
    std::unordered_set<std::size_t> misnamed {}; ///< of those seen, by lines whose path gives another name
    PayloadNamer namer {};
    std::string path {};
    std::string stored {};
    std::unordered_set<std::string, TextHash, std::equal_to<>> domains {};

    /// Whether one more line of a payload is to be shown. That which gives it its name always is.
    bool add_line(std::size_t number, bool is_misnamed)
    {
        auto& shown = lines[number];
        bool const names_it = !is_misnamed && (shown == 0 || misnamed.erase(number) != 0);
        if (!names_it && shown >= kMostLinesOfOne)
            return false;
        if (is_misnamed && shown == 0)
            misnamed.insert(number);
        ++shown;
        return true;
    }

    Tally missing { Fault::missing, "the manifest lists files that the backup does not hold" };
    Tally out_of_sight { Fault::io,
        "the manifest lists files that lie in folders of the backup that could not be listed" };
    Tally bad_id { Fault::malformed,
        "the manifest names a payload in a way that is none (not 40 hexadecimal digits); not opened" };
    Tally wrong_id { Fault::malformed, "the name of a payload does not follow from its domain and path",
        false };
    Tally repeated { Fault::over_limit,
        "the manifest lists a payload again and again; only the first lines of each were used" };
    Tally unreadable { Fault::malformed, "the details of a file in the manifest cannot be read" };
    Tally dotted { Fault::malformed, "a path in the manifest has `..` in it; shown as it is", false };
    Tally found { Fault::missing,
        "files that the manifest does not list were found by the names that payloads get; they were examined",
        false };
    Tally lost { Fault::missing,
        "the backup holds payloads that its manifest does not list, and what they were is unknown", true,
        true };
};

std::string IosBackup::description() const
{
    std::string text = "iOS backup";
    if (m_keys)
        text += " (encrypted)";
    if (m_was_decrypted)
        text += " (decrypted before by another program)";
    if (!m_facts.product_type.empty())
        text += " of " + m_facts.product_type;
    if (!m_facts.product_version.empty())
        text += ", iOS " + m_facts.product_version;
    return text + ", in a " + std::string { m_container->form() };
}

std::vector<Fact> IosBackup::facts() const
{
    auto facts = m_facts.facts;
    facts.push_back({ "backup.encrypted", m_keys ? "yes" : "no" });
    if (m_was_decrypted)
        facts.push_back({ "backup.decrypted_by_another_program", "yes" });
    facts.push_back({ "backup.manifest", std::string { m_manifest->form() } });
    facts.push_back({ "container.form", std::string { m_container->form() } });
    if (!m_root.empty())
        facts.push_back({ "container.folder", repair_utf8(m_root) });
    return facts;
}

/// Devices keep their time zone as a link into the zone files, and backups hold that link.
void IosBackup::find_time_zone()
{
    constexpr std::string_view zones = "/zoneinfo/";
    auto const link = m_manifest->find("DatabaseDomain", "timezone/localtime");
    if (!link)
        return;
    if (auto const at = link->target.find(zones); at != link->target.npos)
        m_facts.facts.push_back({ "device.time_zone", link->target.substr(at + zones.size()) });
}

Result<Payloads const*> IosBackup::payloads() const
{
    std::scoped_lock const lock { m_mutex };
    if (!m_payloads)
        m_payloads = EXHIBIT_TRY(Payloads::list(*m_container, m_root, m_flat, !m_keys));
    return &*m_payloads;
}

std::string IosBackup::path_of(std::string_view name) const
{
    auto const held = payloads();
    return held ? (*held)->path_of(*m_container, name) : std::string {};
}

bool IosBackup::show_own_files(std::function<bool(EntryView const&)> const& visitor) const
{
    std::string path;
    for (auto const name : kOwnFiles) {
        auto const node = m_container->find(join_path(m_root, name));
        if (!node || node->kind != EntryKind::file)
            continue;
        path = std::string { kPseudoRoot }.append(name);
        EntryView view { path, name, EntryKind::file, node->size, node->modified, kOwnFile };
        if (is_manifest(name))
            view.size = m_manifest_content->size();
        if (!visitor(view))
            return false;
    }
    return true;
}

bool IosBackup::show_row(Pass& pass, ManifestRow const& row) const
{
    pass.stored.assign(row.domain).append(kBetween).append(row.path);
    backup_path::device_path(row.domain, row.path, pass.path);
    if (has_parent_component(row.path))
        pass.dotted.add(pass.stored);
    if (!pass.domains.contains(row.domain) && pass.domains.size() < kMostDomains)
        pass.domains.emplace(row.domain);
    EntryView view { pass.path, pass.stored, row.kind, row.size.value_or(0), row.modified, row.handle };
    if (row.kind == EntryKind::file) {
        auto const payload = see_payload(pass, row);
        if (payload == PayloadLine::repeated)
            return true;
        if (payload == PayloadLine::names_it && !m_keys && row.size
            && !row.domain.contains(':')) // `stored` is parted there.
            view.mark = kByName;
    }
    return pass.visitor(view);
}

/// Counts what is wrong with the payload of a file.
IosBackup::PayloadLine IosBackup::see_payload(Pass& pass, ManifestRow const& row)
{
    bool const is_named = is_payload_name(row.id);
    bool const is_misnamed = is_named && row.id != pass.namer.name(row.domain, row.path);
    if (!is_named || is_misnamed)
        (is_misnamed ? pass.wrong_id : pass.bad_id).add(pass.stored);
    auto const number = pass.payloads.find(row.id);
    if (number && !pass.add_line(*number, is_misnamed)) {
        pass.repeated.add(pass.stored);
        return PayloadLine::repeated;
    }
    if (!number && is_named && row.size != 0)
        (pass.payloads.is_out_of_sight(row.id) ? pass.out_of_sight : pass.missing).add(pass.stored);
    if (!row.size)
        pass.unreadable.add(pass.stored);
    return number && !is_misnamed ? PayloadLine::names_it : PayloadLine::other;
}

/// Payloads that no line names, or only lines with another path. What is wanted is tried: the name of a
/// payload follows from its path, so that a file can be found although its line is gone. An encrypted one
/// cannot be read: its key was in the line.
bool IosBackup::show_lost(Pass& pass) const
{
    pass.lost.count = static_cast<std::uint64_t>(std::ranges::count(pass.lines, 0));
    if ((pass.lost.count == 0 && pass.misnamed.empty()) || m_keys)
        return true;
    std::vector<std::string> domains { pass.domains.begin(), pass.domains.end() };
    for (auto const& application : m_facts.applications)
        domains.push_back("AppDomain-" + application);
    for (auto const domain : backup_path::system_domains())
        domains.emplace_back(domain);
    std::ranges::sort(domains);
    domains.erase(std::ranges::unique(domains).begin(), domains.end());
    std::vector<WantedPattern> const wanted { m_wanted.begin(), m_wanted.end() };
    for (auto const& domain : domains) {
        auto const root = backup_path::device_path(domain, "");
        for (auto const& pattern : wanted)
            for (auto const& relative : pattern.below(root))
                for (std::string_view const suffix : { "", "-wal", "-journal" })
                    if (!show_if_lost(pass, domain, relative + std::string { suffix }))
                        return false;
    }
    return true;
}

/// One of them, if the path is the one that it was stored under.
bool IosBackup::show_if_lost(Pass& pass, std::string const& domain, std::string const& relative) const
{
    auto const name = pass.namer.name(domain, relative);
    auto const number = pass.payloads.find(name);
    if (!number || (pass.lines[*number] != 0 && !pass.misnamed.contains(*number)))
        return true;
    auto const node = m_container->find(path_of(name));
    if (!node)
        return true;
    if (pass.misnamed.erase(*number) == 0)
        --pass.lost.count;
    pass.lines[*number] = 1;
    pass.stored.assign(domain).append(kBetween).append(relative);
    backup_path::device_path(domain, relative, pass.path);
    pass.found.add(pass.stored);
    return pass.visitor({ pass.path, pass.stored, EntryKind::file, node->size, {}, kLost });
}

void IosBackup::tell(Pass const& pass) const
{
    for (auto const* const tally : { &pass.missing, &pass.out_of_sight, &pass.bad_id, &pass.wrong_id,
             &pass.repeated, &pass.unreadable, &pass.dotted, &pass.found, &pass.lost })
        m_problems.set({ tally->fault, std::string { tally->what }, tally->example, tally->count,
            tally->damage, tally->hides });
}

void IosBackup::visit_own_files(std::function<bool(EntryView const&)> const& visitor) const
{
    show_own_files(visitor);
}

Result<void> IosBackup::visit(std::function<bool(EntryView const&)> const& visitor) const
{
    auto const* const held = EXHIBIT_TRY(payloads());
    Pass pass { visitor, *held };
    pass.lines.resize(held->size());
    if (!show_own_files(visitor))
        return {};
    bool enough = false;
    auto const damage = EXHIBIT_TRY(m_manifest->visit([&](ManifestRow const& row) {
        enough = !show_row(pass, row);
        return !enough;
    }));
    m_problems.set(
        { Fault::io, "folders of the backup could not be listed; check the permissions and the disk", {},
            held->unreadable_folders(), true, true });
    m_problems.set({ Fault::unsupported,
        "payloads of a newer backup that did not end lie in the folder Snapshot and were not examined",
        "Snapshot", held->left_newer(), true });
    m_problems.set({ Fault::missing,
        "payloads that the backup lacks were taken from a newer one that did not end, in the folder "
        "Snapshot: they may be of another time than the rest",
        "Snapshot", held->taken_newer(), false });
    if (damage)
        m_problems.set({ damage->fault, "the manifest is damaged; the lines that could be read were used",
            "Manifest.db", 1, true, true });
    if (!enough && show_lost(pass))
        tell(pass);
    return {};
}

Result<std::unique_ptr<Source>> IosBackup::open(Entry const& entry) const
{
    if (entry.handle == kOwnFile)
        return open_own_file(entry);
    if (entry.handle == kLost)
        return open_by_name(entry);
    if (entry.mark == kByName) {
        auto source = open_by_name(entry);
        bool const is_missing = !source && source.error().fault == Fault::missing;
        if (source && (*source)->size() < entry.size)
            report_short(EXHIBIT_TRY(m_manifest->row(entry.handle)), entry.handle);
        if (!is_missing)
            return source;
    }
    auto const row = EXHIBIT_TRY(m_manifest->row(entry.handle));
    auto content = EXHIBIT_TRY(open_row(row, entry.handle));
    return std::move(content.source);
}

bool IosBackup::unpacks(Entry const& entry) const
{
    if (m_container->unpacks_nothing() || entry.handle == kOwnFile || entry.handle == kLost)
        return false;
    auto const row = m_manifest->row(entry.handle);
    return row && m_container->unpacks(path_of(row->id));
}

Result<std::unique_ptr<Source>> IosBackup::open_own_file(Entry const& entry) const
{
    if (std::ranges::find(kOwnFiles, entry.stored) == kOwnFiles.end())
        return fail(Fault::missing, "the backup has no such file");
    if (is_manifest(entry.stored))
        return std::make_unique<PartSource>(m_manifest_content, 0, m_manifest_content->size());
    return m_container->open(join_path(m_root, entry.stored));
}

Result<std::unique_ptr<Source>> IosBackup::open_by_name(Entry const& entry) const
{
    auto const between = entry.stored.find(kBetween);
    if (between == entry.stored.npos)
        return fail(Fault::missing, "the backup has no such file");
    auto const text = std::string_view { entry.stored };
    auto const name = payload_name(text.substr(0, between), text.substr(between + kBetween.size()));
    return m_container->open_listed(path_of(name));
}

void IosBackup::report(
    Fault fault, std::string_view what, StoredRow const& row, std::uint64_t handle, bool damage) const
{
    {
        std::scoped_lock const lock { m_mutex };
        if (!m_reported.emplace(what, handle).second)
            return;
    }
    auto const stored = row.domain + std::string { kBetween } + row.path;
    if (damage)
        m_problems.add(fault, what, stored);
    else
        m_problems.note(fault, what, stored);
}

void IosBackup::report_short(StoredRow const& row, std::uint64_t handle) const
{
    report(Fault::truncated, "files are shorter than the manifest says; what is there was read", row, handle,
        true);
}

bool IosBackup::holds(StoredRow const& row) const
{
    return is_payload_name(row.id) && m_container->find(path_of(row.id)).has_value();
}

Result<IosBackup::Content> IosBackup::open_row(StoredRow const& row, std::uint64_t handle) const
{
    if (row.kind != EntryKind::file)
        return fail(Fault::unsupported, "a folder or link has no content");
    if (!is_payload_name(row.id))
        return fail(Fault::malformed, "the manifest names the payload in a way that is none", handle);
    auto stored = m_container->open(path_of(row.id));
    if (!stored && stored.error().fault == Fault::missing) {
        if (row.size == 0)
            return Content { std::make_unique<OwnedSource>(ByteBuffer {}) };
        return fail(Fault::missing, "the backup lists this file and does not hold it", handle);
    }
    if (!stored)
        return std::unexpected(stored.error());
    if (m_keys && row.key.empty() && !row.size)
        return fail(
            Fault::locked, "the manifest's details of this file, which hold its key, cannot be read", handle);
    if (m_keys && !row.key.empty())
        return decrypt(std::move(*stored), row, handle);
    bool const cut = row.size && (*stored)->size() < *row.size;
    if (cut)
        report_short(row, handle);
    return Content { std::move(*stored), cut };
}

Result<IosBackup::Content> IosBackup::decrypt(
    std::unique_ptr<Source> stored, StoredRow const& row, std::uint64_t handle) const
{
    auto key = m_keys->unwrap(row.key);
    if (!key) {
        auto const no_class = key.error().fault == Fault::missing;
        auto const what = no_class
            ? std::string_view { "files belong to a protection class of which the keybag has no key" }
            : std::string_view { "the keys of files are damaged" };
        report(Fault::locked, what, row, handle, true);
        return fail(Fault::locked, what, handle);
    }
    bool const ends_in_block = stored->size() % kAesBlock != 0;
    if (ends_in_block)
        report(Fault::truncated,
            "encrypted files end inside a block: they are cut off; what is there was read", row, handle,
            true);
    auto decrypted = std::make_unique<CbcSource>(std::move(stored), std::move(*key), AesBlock {}, UINT64_MAX);
    auto const real = EXHIBIT_TRY(real_size(*decrypted, row.size));
    if (real.verdict == SizeVerdict::cut)
        report_short(row, handle);
    else if (real.verdict == SizeVerdict::other)
        report(Fault::malformed, "the manifest states a wrong size for files; their real size was used", row,
            handle, false);
    decrypted->cut_to(real.size);
    return Content { std::move(decrypted), ends_in_block || real.verdict == SizeVerdict::cut };
}

std::vector<Problem> IosBackup::problems() const
{
    auto all = m_facts.problems;
    std::ranges::copy(m_container->problems(), std::back_inserter(all));
    std::ranges::copy(m_problems.all(), std::back_inserter(all));
    return all;
}

} // namespace exhibit::ios_backup
