#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

namespace exhibit::android::webview {
namespace {

struct Provider {
    std::string_view package;
    std::optional<std::string_view> version;
};

constexpr std::array kColumns {
    column<&Provider::package>("package", Is::app_id, "Package that shows web pages within other apps."),
    column<&Provider::version>("version", Is::opaque, "Its version."),
};
constexpr auto kProviders = table<Provider>("android_webview_provider",
    "One row: the package whose code runs in every app that shows a web page.", Relation::permitted,
    kColumns);

/// `Current WebView package (name, version): (com.google.android.webview, 1.2)`. Source: WebViewUpdateService
/// of the Android Open Source Project.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (!eat(text, "Current WebView package (name, version): ("))
            return {};
        auto const name = trim(take_until(text, ','));
        if (!is_package_name(name))
            return {};
        auto const version = trim(text.substr(0, text.rfind(')')));
        return m_context.add(kProviders,
            Provider { name, version.empty() ? std::nullopt : std::optional { version } },
            Origin { line.offset });
    }

private:
    Context& m_context;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/webviewupdate" };
constexpr std::array<Table const*, 1> kTables { &kProviders };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.webview",
    .title = "What shows web pages within apps",
    .doc
    = "The package whose code runs in every app that shows a web page. A phone takes only those that its "
      "maker named. It shows the moment of the acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::webview
