#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace exhibit::android::named_packages {
namespace {

struct Named {
    std::string_view section;
    std::string_view package;
};

constexpr std::array kColumns {
    column<&Named::section>("section", Is::opaque, "The section or file."),
    column<&Named::package>(
        "package", Is::app_id, "What has the form of a package's name; where it stands first."),
};
constexpr auto kNamed = table<Named>("android_named_package",
    "One row per section and package that it names, for sections of which nothing else is read.",
    Relation::present, kColumns);

constexpr auto kMentioned = table<Named>("android_mentioned_package",
    "One row per section and package that it names where words of apps, people and web pages stand too.",
    Relation::context, kColumns);

constexpr std::size_t kMostNames = 5'000; // A phone has some hundred packages.
constexpr std::size_t kLongestName = 255;

bool in_name(char c)
{
    return is_digit(c) || c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Of `com.example.a.Main` the part before the class; nothing where a part is empty or begins with a digit.
std::string_view package_part(std::string_view word)
{
    std::size_t end = 0;
    for (std::size_t at = 0; at < word.size();) {
        if (word[at] < 'a' || word[at] > 'z')
            break;
        end = std::min(word.find('.', at), word.size());
        at = end + 1;
    }
    return word.substr(0, end);
}

/// In these stand titles, labels and names that anybody may choose: of videos, windows, contacts, devices.
constexpr std::array<std::string_view, 23> kWithWords { "@dumpsys/activity", "@dumpsys/appwidget",
    "@dumpsys/audio", "@dumpsys/autofill", "@dumpsys/bluetooth_manager", "@dumpsys/clipboard",
    "@dumpsys/companiondevice", "@dumpsys/content", "@dumpsys/media.audio_policy", "@dumpsys/media.metrics",
    "@dumpsys/media_session", "@dumpsys/people", "@dumpsys/power", "@dumpsys/print", "@dumpsys/safety_center",
    "@dumpsys/shortcut", "@dumpsys/statusbar", "@dumpsys/telecom", "@dumpsys/telephony.registry",
    "@dumpsys/virtualdevice", "@dumpsys/window", "@dumpstate/app_activities",
    "@dumpstate/app_services_non_platform" };

/// Where words begin that go on up to the end of the line.
std::size_t begin_of_words(std::string_view text)
{
    constexpr std::array<std::string_view, 8> keys {
        "description=", "title=", "Title=", "label=", "Label=", "text=", "Text=", "isplayName="
    };
    auto begin = text.size();
    for (auto const key : keys)
        begin = std::min(begin, text.find(key));
    return begin;
}

/// Whether a service put a package where the text from `begin` to `end` stands: as the value of something, as
/// the first word of a line, or as part of a component.
bool is_value(std::string_view text, std::size_t begin, std::size_t end)
{
    if (end != text.size() && text[end] == '/')
        return true;
    while (begin != 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
        --begin;
    if (begin > 1 && text[begin - 2] == '=' && (text[begin - 1] == '\'' || text[begin - 1] == '"'))
        return true;
    return begin == 0 || std::string_view { "=:{[(/|#" }.contains(text[begin - 1]);
}

/// From where to where packages stand one after the other: `packageList={a.b, c.d}`.
std::pair<std::size_t, std::size_t> package_list_in(std::string_view text)
{
    auto const begin = text.find("packageList={");
    return begin == text.npos ? std::pair { text.size(), text.size() }
                              : std::pair { begin, std::min(text.find('}', begin), text.size()) };
}

/// Finds the names on the lines of one text.
class Names {
public:
    Names(Context& context, std::string_view section)
        : m_context(context)
        , m_section(section)
        , m_has_words(std::ranges::find(kWithWords, section) != kWithWords.end())
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto const text = line.text;
        auto const words = m_has_words ? begin_of_words(text) : text.size();
        auto const [list, list_end] = package_list_in(text);
        for (std::size_t from = 0;;) {
            auto const dot = text.find('.', from);
            if (dot == text.npos)
                return {};
            auto begin = dot;
            while (begin > from && in_name(text[begin - 1]))
                --begin;
            auto end = dot;
            while (end != text.size() && in_name(text[end]))
                ++end;
            from = end;
            bool const is_listed = begin > list && end <= list_end;
            bool const is_mentioned
                = m_has_words && (begin > words || (!is_listed && !is_value(text, begin, end)));
            EXHIBIT_TRY(add(package_part(text.substr(begin, end - begin)), is_mentioned, line.offset));
        }
    }

private:
    Result<void> add(std::string_view name, bool is_mentioned, std::uint64_t offset)
    {
        auto& names = is_mentioned ? m_mentioned : m_names;
        if (name.size() > kLongestName || !is_package_name(name) || names.contains(name))
            return {};
        if (names.size() == kMostNames) {
            if (!std::exchange(m_full, true))
                m_context.note(
                    Level::warning, Fault::over_limit, "more names than are kept stand in the text");
            return {};
        }
        names.emplace(name);
        return m_context.add(
            is_mentioned ? kMentioned : kNamed, Named { m_section, name }, Origin { offset });
    }

    Context& m_context;
    std::string_view m_section;
    bool m_has_words;
    std::set<std::string, std::less<>> m_names;
    std::set<std::string, std::less<>> m_mentioned;
    bool m_full = false;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Names { context, input.path });
}

// Sections of which other artifacts read little or nothing.
constexpr std::array<std::string_view, 54> kPaths { "@dumpsys/activity", "@dumpsys/appwidget",
    "@dumpsys/audio", "@dumpsys/autofill", "@dumpsys/background_install_control", "@dumpsys/backup",
    "@dumpsys/batterystats", "@dumpsys/bluetooth_manager", "@dumpsys/clipboard", "@dumpsys/companiondevice",
    "@dumpsys/content", "@dumpsys/cpuinfo", "@dumpsys/credential", "@dumpsys/diskstats", "@dumpsys/dreams",
    "@dumpsys/graphicsstats", "@dumpsys/launcherapps", "@dumpsys/media.audio_policy",
    "@dumpsys/media.metrics", "@dumpsys/media_session", "@dumpsys/meminfo", "@dumpsys/netpolicy",
    "@dumpsys/nfc", "@dumpsys/overlay", "@dumpsys/people", "@dumpsys/permissionmgr", "@dumpsys/power",
    "@dumpsys/print", "@dumpsys/procstats", "@dumpsys/rollback", "@dumpsys/safety_center",
    "@dumpsys/sensorservice", "@dumpsys/shortcut", "@dumpsys/slice", "@dumpsys/statusbar", "@dumpsys/telecom",
    "@dumpsys/telephony.registry", "@dumpsys/trust", "@dumpsys/uri_grants", "@dumpsys/virtualdevice",
    "@dumpsys/voiceinteraction", "@dumpsys/vpn_management", "@dumpsys/wallpaper", "@dumpsys/webviewupdate",
    "@dumpsys/window", "@dumpstate/app_activities", "@dumpstate/app_services_non_platform",
    "@dumpstate/checkin_batterystats", "@dumpstate/checkin_package", "@dumpstate/checkin_usagestats",
    "@dumpstate/cpu_info", "@dumpstate/package_settings", "@dumpstate/package_uid_errors",
    "/data/system/uiderrors.txt" };
constexpr std::array<Table const*, 2> kTables { &kNamed, &kMentioned };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.named_packages",
    .title = "Packages that other sections name",
    .doc
    = "Names of packages in what the services for recent apps, trust, autofill, voice, companions, VPNs, "
      "installations in the background, drawing, storage, widgets, power and others dump, in what bug "
      "reports copy "
      "of the list of packages, and in the notes of the system on user ids. Apps that were removed long ago "
      "are "
      "named there too.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::named_packages
