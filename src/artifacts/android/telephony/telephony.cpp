#include "artifacts/android/common/section.hpp"
#include "artifacts/android/common/text.hpp"

#include <array>
#include <utility>

namespace exhibit::android::telephony {
namespace {

struct PhoneLine {
    std::optional<std::int64_t> slot;
    bool call_forwarding = false;
};

constexpr std::array kColumns {
    column<&PhoneLine::slot>("slot", "Number of the place for a SIM card, from 0 on."),
    column<&PhoneLine::call_forwarding>(
        "call_forwarding", "Whether the SIM card or the network says that all calls are forwarded."),
};
constexpr auto kLines
    = table<PhoneLine>("android_phone_line", "One row per SIM card's place.", Relation::context, kColumns);

/// `Phone Id=0` and, further in, what is known of it: TelephonyRegistry of the Android Open Source Project.
class Dump {
public:
    explicit Dump(Context& context)
        : m_context(context)
    {
    }

    Result<void> add_line(Line const& line)
    {
        auto text = trim(line.text);
        if (eat(text, "Phone Id=")) {
            m_slot = to_integer(text);
        } else if (m_slot && eat(text, "mCallForwarding=")) {
            auto const forwarding = to_flag(text);
            auto const slot = std::exchange(m_slot, std::nullopt);
            if (forwarding)
                return m_context.add(kLines, PhoneLine { slot, *forwarding }, Origin { line.offset });
        }
        return {};
    }

private:
    Context& m_context;
    std::optional<std::int64_t> m_slot;
};

Result<void> parse(Input const& input, Context& context)
{
    return read_section(input, context, Dump { context });
}

constexpr std::array<std::string_view, 1> kPaths { "@dumpsys/telephony.registry" };
constexpr std::array<Table const*, 1> kTables { &kLines };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.telephony",
    .title = "State of telephony",
    .doc
    = "Whether the calls of a SIM card are forwarded, as far as the card or the network tells. It shows the "
      "moment of the acquisition; forwarding that holds only while the line is busy or nobody answers is not "
      "told.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::telephony
