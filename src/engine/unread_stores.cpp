#include "engine/unread_stores.hpp"

#include <array>

namespace exhibit {
namespace {

constexpr std::string_view kUnifiedLog = "unified log (tracev3)";
constexpr std::string_view kProfiles = "state of profiles and device management";
constexpr std::string_view kUpdates = "log of updates and restores";
constexpr std::string_view kKeybag = "log of unlocking and key bags";
constexpr std::string_view kStore = "log of the App Store";
constexpr std::string_view kApps = "registry of apps, also of removed ones";
constexpr std::string_view kWifi = "places and use of Wi-Fi networks";
constexpr std::string_view kBluetooth = "Bluetooth devices";
constexpr std::string_view kSiteCache = "caches that web sites keep themselves";
constexpr std::string_view kRunning = "programs that ran when a sysdiagnose was made";
constexpr std::string_view kRestore = "state of backups and restores";

// Patterns that end in a plain name are looked up by it, which is quick.
constexpr std::array kStores {
    UnreadStore { "/private/var/db/diagnostics/*/*.tracev3", kUnifiedLog },
    UnreadStore { "/private/var/db/diagnostics/timesync/*.timesync", kUnifiedLog },
    UnreadStore { "/private/var/db/diagnostics/logd.*.log", "log of logd" },
    UnreadStore { "/private/var/db/systemstats/*", "samples of running programs (systemstats)" },
    UnreadStore { "/private/var/db/analyticsd/state.sqlite", "state of analytics" },
    UnreadStore { "/private/var/db/analyticsd/config.sqlite", "state of analytics" },
    UnreadStore { "/private/var/db/driverkitd/*.plist", "approved drivers" },
    UnreadStore { "/private/var/Keychains/*TrustedPeersHelper.db", "devices that the account trusts" },
    UnreadStore { "/private/var/Keychains/keychain-backup.plist", "keychain of an encrypted backup" },
    UnreadStore { "/private/var/**/ConfigurationProfiles/UserSettings.plist", kProfiles },
    UnreadStore { "/private/var/mobile/Library/Logs/mobileactivationd/mobileactivationd.log*",
        "log of activation and upgrades" },
    UnreadStore { "/private/var/**/MobileSoftwareUpdate/restore.log", kUpdates },
    UnreadStore { "/private/var/containers/Data/System/*/history/installHistory.db", kUpdates },
    UnreadStore { "/private/var/mobile/Library/Logs/AppleSupport/*.log", kUpdates },
    UnreadStore { "/private/var/logs/AppleSupport/*.log", kUpdates },
    UnreadStore { "/private/var/logs/keybagd.log*", kKeybag },
    UnreadStore { "/private/var/logs/usermanagerd.log*", kKeybag },
    UnreadStore { "/private/var/logs/AKSSetup.log*", kKeybag },
    UnreadStore { "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*.tar.gz",
        "sysdiagnose archives that are not unpacked" },
    UnreadStore { "/private/var/mobile/Library/Logs/CrashReporter/DiagnosticLogs/sysdiagnose/*/"
                  "system_logs.logarchive/*/*.tracev3",
        kUnifiedLog },
    UnreadStore { "/private/var/**/*sysdiagnose_*/ps_thread.txt", kRunning },
    UnreadStore { "/private/var/**/*sysdiagnose_*/taskinfo.txt", kRunning },
    UnreadStore { "/private/var/**/*sysdiagnose_*/spindump-nosymbols.txt", kRunning },
    UnreadStore { "/private/var/logs/lockdown_service.log*", "log of connections to computers" },
    UnreadStore { "/private/var/**/appstored.log", kStore },
    UnreadStore { "/private/var/**/itunesstored.log", kStore },
    UnreadStore { "/private/var/containers/Data/System/com.apple.appstored/Library/apps.plist", kApps },
    UnreadStore { "/private/var/**/AMDSQLite.db.0", kStore },
    UnreadStore { "/private/var/wireless/Library/Databases/CellularUsage.db", "SIM cards" },
    UnreadStore { "/private/var/**/WiFiNetworkStoreModel.sqlite", kWifi },
    UnreadStore { "/private/var/**/DeviceAnalyticsModel.sqlite", kWifi },
    UnreadStore { "/private/var/**/com.apple.MobileBluetooth.ledevices.paired.db", kBluetooth },
    UnreadStore { "/private/var/**/com.apple.MobileBluetooth.ledevices.other.db", kBluetooth },
    UnreadStore { "/private/var/**/Caches/WebKit/CacheStorage/*/**", kSiteCache },
    UnreadStore { "/private/var/**/WebsiteData/**/CacheStorage/*/**", kSiteCache },
    UnreadStore { "/private/var/**/WebsiteDataStore/**/CacheStorage/*/**", kSiteCache },
    UnreadStore { "/private/var/wireless/Library/CallHistory/call_history.db", "calls of iOS 7 and older" },
    UnreadStore { "/private/var/mobile/Library/CallHistory/call_history.db", "calls of iOS 7 and older" },
    UnreadStore {
        "/private/var/mobile/Library/Safari/History.plist", "history of Safari of iOS 7 and older" },
    UnreadStore { "/private/var/mobile/Library/Mail/Envelope Index", "index of mail" },
    UnreadStore { "/private/var/mobile/Library/AggregateDictionary/ADDataStore.sqlitedb",
        "daily counters of the system" },
    UnreadStore { "/private/var/mobile/Library/Preferences/com.apple.Accessibility.plist",
        "settings of accessibility" },
    UnreadStore { "/private/var/mobile/Library/CoreAccessories/Analytics/*.db", "accessories" },
    UnreadStore { "/private/var/root/Library/Preferences/com.apple.MobileBackup.plist", kRestore },
    UnreadStore { "/private/var/root/.obliterated", "time of the last erase" },
    UnreadStore {
        "/private/var/root/Library/Preferences/com.apple.DumpPanic.plist", "last crash of the whole device" },
    UnreadStore { "/private/var/mobile/Media/iTunes_Control/iTunes/iTunesPrefs",
        "computers that the phone was synchronized with" },
};

} // namespace

std::span<UnreadStore const> unread_stores()
{
    return kStores;
}

} // namespace exhibit
