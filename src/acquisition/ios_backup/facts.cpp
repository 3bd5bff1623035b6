#include "acquisition/ios_backup/backup.hpp"
#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <algorithm>
#include <array>

namespace exhibit::ios_backup {

namespace {

// Icons of all apps stand in Info.plist, so that it reaches some tens of megabytes.
constexpr std::size_t kLargestFactFile = 256U << 20U;
constexpr std::size_t kMostApplications = 10'000;

struct Named {
    std::string_view fact;
    std::string_view key;
};

// Of Info.plist. The same facts come from Manifest.plist where this list is missing.
constexpr std::array kInfo {
    Named { "device.name", "Device Name" },
    Named { "device.product_type", "Product Type" },
    Named { "device.product_version", "Product Version" },
    Named { "device.build_version", "Build Version" },
    Named { "device.serial_number", "Serial Number" },
    Named { "device.unique_id", "Unique Identifier" },
    Named { "device.imei", "IMEI" },
    Named { "device.imei_2", "IMEI 2" },
    Named { "device.iccid", "ICCID" },
    Named { "device.phone_number", "Phone Number" },
    Named { "backup.date", "Last Backup Date" },
    Named { "backup.program_version", "iTunes Version" },
};

constexpr std::array kLockdown {
    Named { "device.name", "DeviceName" },
    Named { "device.product_type", "ProductType" },
    Named { "device.product_version", "ProductVersion" },
    Named { "device.build_version", "BuildVersion" },
    Named { "device.serial_number", "SerialNumber" },
    Named { "device.unique_id", "UniqueDeviceID" },
};

constexpr std::array kManifest {
    Named { "backup.date", "Date" },
    Named { "backup.version", "Version" },
    Named { "backup.passcode_set", "WasPasscodeSet" },
};

constexpr std::array kStatus {
    Named { "backup.snapshot_state", "SnapshotState" },
    Named { "backup.is_full", "IsFullBackup" },
};

std::string text_of(plist::Value const& value)
{
    if (auto text = value.as_text())
        return *text;
    if (auto const date = value.as_date())
        return date->utc ? to_iso(*date->utc) : std::string {};
    if (value.kind() == plist::Kind::boolean)
        return value.as_bool().value_or(false) ? "yes" : "no";
    return value.as_digits().value_or("");
}

bool has_fact(BackupFacts const& facts, std::string_view name)
{
    return std::ranges::any_of(facts.facts, [&](Fact const& fact) { return fact.name == name; });
}

void put_facts(BackupFacts& facts, plist::Value const& list, std::span<Named const> names)
{
    for (auto const& [fact, key] : names) {
        auto value = text_of(list.find(key));
        if (!value.empty() && !has_fact(facts, fact))
            facts.facts.push_back({ std::string { fact }, std::move(value) });
    }
}

std::vector<std::byte> data_of(plist::Value const& value)
{
    auto const bytes = value.as_data().value_or(Bytes {});
    return { bytes.begin(), bytes.end() };
}

class Reader {
public:
    Reader(Container const& container, std::string const& root, BackupFacts& facts)
        : m_container(container)
        , m_root(root)
        , m_facts(facts)
    {
    }

    /// Opens one of the lists, if it is there, and hands its root on.
    template<typename Use> void read(std::string_view name, Use const& use)
    {
        auto const path = join_path(m_root, name);
        if (!m_container.find(path))
            return note(Fault::missing, "a property list of the backup is missing", name, false);
        auto const source = m_container.open(path);
        if (!source)
            return note(source.error().fault, "a property list of the backup cannot be read", name, true);
        auto const content = read_all(**source, kLargestFactFile);
        if (!content)
            return note(content.error().fault, "a property list of the backup cannot be read", name, true);
        auto const document = plist::Document::parse(content->bytes());
        if (!document)
            return note(document.error().fault, "a property list of the backup is damaged", name, true);
        if (document->root().kind() != plist::Kind::dictionary)
            return note(Fault::malformed, "a property list of the backup is no dictionary", name, true);
        use(document->root());
    }

private:
    void note(Fault fault, std::string_view what, std::string_view name, bool damage)
    {
        m_facts.problems.push_back(
            { fault, std::string { what } + ": " + std::string { name }, std::string { name }, 1, damage });
    }

    Container const& m_container;
    std::string const& m_root;
    BackupFacts& m_facts;
};

std::string fact_value(BackupFacts const& facts, std::string_view name)
{
    for (auto const& fact : facts.facts)
        if (fact.name == name)
            return fact.value;
    return {};
}

} // namespace

BackupFacts read_backup_facts(Container const& container, std::string const& root)
{
    BackupFacts facts;
    Reader reader { container, root, facts };
    reader.read("Info.plist", [&](plist::Value const& list) {
        put_facts(facts, list, kInfo);
        for (auto const& application : list.find("Installed Applications").elements())
            if (auto id = application.as_text(); id && facts.applications.size() < kMostApplications)
                facts.applications.push_back(std::move(*id));
    });
    reader.read("Manifest.plist", [&](plist::Value const& list) {
        facts.says_encrypted = list.find("IsEncrypted").as_bool().value_or(false);
        facts.keybag = data_of(list.find("BackupKeyBag"));
        facts.manifest_key = data_of(list.find("ManifestKey"));
        put_facts(facts, list.find("Lockdown"), kLockdown);
        put_facts(facts, list, kManifest);
    });
    reader.read("Status.plist", [&](plist::Value const& list) { put_facts(facts, list, kStatus); });
    if (auto const state = fact_value(facts, "backup.snapshot_state"); !state.empty() && state != "finished")
        facts.problems.push_back({ Fault::truncated,
            "the backup did not finish when it was made, so that files may be missing; make a new one if the "
            "device is at hand",
            "Status.plist", 1, true, true });
    facts.product_type = fact_value(facts, "device.product_type");
    facts.product_version = fact_value(facts, "device.product_version");
    return facts;
}

} // namespace exhibit::ios_backup
