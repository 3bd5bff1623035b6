#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <utility>

namespace exhibit::android::input_methods {
namespace {

struct InputMethod {
    std::string_view state;
    std::string package;
    std::string component;
    std::optional<bool> exported;
};

constexpr std::array kColumns {
    column<&InputMethod::state>("state", Is::opaque, "`installed`, or `current` for the one in use."),
    column<&InputMethod::package>("package", Is::app_id, "Package of the keyboard."),
    column<&InputMethod::component>("component", Is::opaque, "Class of its service."),
    column<&InputMethod::exported>("exported", "Whether other apps may bind to its service."),
};
constexpr auto kMethods = table<InputMethod>("android_input_method",
    "One row per keyboard or other way of input that is installed, and one for that in use: what is typed "
    "passes "
    "through it.",
    Relation::permitted, kColumns);

/// `InputMethod #0:`, `mId=com.a/.Ime mSettingsActivityName=...`, and behind all of them
/// `mCurMethodId=com.a/.Ime`, since Android 15 `mSelectedMethodId=`: InputMethodInfo,
/// InputMethodManagerService and InputMethodBindingController of the Android Open Source Project.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (eat(text, "mId="))
            return begin("installed", take_word(text), line.offset);
        if (eat(text, "mCurMethodId=") || eat(text, "mSelectedMethodId=")) {
            auto const id = take_word(text);
            return std::exchange(m_current, id) == id ? Result<void> {} : begin("current", id, line.offset);
        }
        // The service's own flags stand before those of its app.
        if (text.starts_with("enabled=") && m_method && !m_method->exported)
            m_method->exported = to_flag(value_of(text, "exported").value_or(""));
        return {};
    }

    Result<void> finish()
    {
        auto const method = std::exchange(m_method, std::nullopt);
        return method ? m_context.add(kMethods, *method, m_origin) : Result<void> {};
    }

private:
    Result<void> begin(std::string_view state, std::string_view id, std::uint64_t offset)
    {
        EXHIBIT_TRY(finish());
        auto component = to_component(id);
        if (!component)
            return {};
        m_origin = Origin { offset };
        m_method.emplace();
        m_method->state = state;
        m_method->package = component->package;
        m_method->component = std::move(component->class_name);
        return {};
    }

    Context& m_context;
    std::optional<InputMethod> m_method;
    std::string m_current; ///< some versions name it twice
    Origin m_origin;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/input_method" };
constexpr std::array<Table const*, 1> kTables { &kMethods };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.input_methods",
    .title = "Keyboards",
    .doc = "Keyboards and other input methods, and which of them was in use. It shows the moment of the "
           "acquisition.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::input_methods
