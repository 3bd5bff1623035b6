#include "artifact/artifact.hpp"
#include "artifacts/android/apk_content/marker_search.hpp"
#include "artifacts/android/common/apk_file.hpp"
#include "base/text.hpp"
#include "formats/apk/dex.hpp"
#include "formats/gzip/inflate.hpp"
#include "formats/zip/zip.hpp"

#include <algorithm>
#include <array>

namespace exhibit::android::apk_content {
namespace {

constexpr std::uint64_t kLargestCode = std::uint64_t { 128 } << 20U; ///< of one file of code
constexpr std::uint64_t kMostCode = std::uint64_t { 512 } << 20U; ///< of one app, unpacked
constexpr std::size_t kLongestSample = 120;

struct ApkContent {
    std::optional<std::string_view> package;
    std::string_view path;
    std::string_view file_name;
    std::int64_t size = 0;
    std::int64_t members = 0;
    std::int64_t attribute_texts = 0;
    std::string attribute_sample;
    std::int64_t code_files = 0;
    std::int64_t code_files_read = 0;
    std::int64_t code_size = 0;
    std::int64_t code_strings = 0;
};
constexpr std::array kContentColumns {
    column<&ApkContent::package>(
        "package", Is::app_id, "Name of the package, as the file or its folder is called."),
    column<&ApkContent::path>("path", Is::path, "Where the file lies."),
    column<&ApkContent::file_name>("file_name", Is::file_name, "Name of the file."),
    column<&ApkContent::size>("size", "Bytes."),
    column<&ApkContent::members>("members", "How many files its directory names."),
    column<&ApkContent::attribute_texts>("attribute_texts",
        "At how many of them the six bytes of attributes are letters of base64. Ordinary attributes hold "
        "zeros."),
    column<&ApkContent::attribute_sample>("attribute_sample", Is::opaque, "The first of these, joined."),
    column<&ApkContent::code_files>("code_files", "How many files of code (DEX) it holds."),
    column<&ApkContent::code_files_read>("code_files_read", "How many of them were read whole."),
    column<&ApkContent::code_size>("code_size", "Bytes of code that were read."),
    column<&ApkContent::code_strings>("code_strings", "How many strings were looked at."),
};
constexpr auto kContents = table<ApkContent>(
    "android_apk_content", "One row per file of an app.", Relation::present, kContentColumns);

struct ApkMarker {
    std::optional<std::string_view> package;
    std::string_view path;
    std::string_view member;
    std::string_view set;
    std::string_view marker;
    std::int64_t times = 0;
    std::int64_t position = 0;
};
constexpr std::array kMarkerColumns {
    column<&ApkMarker::package>(
        "package", Is::app_id, "Name of the package, as the file or its folder is called."),
    column<&ApkMarker::path>("path", Is::path, "The file of the app."),
    column<&ApkMarker::member>("member", Is::opaque, "The file of code in it."),
    column<&ApkMarker::set>("marker_set", Is::opaque,
        "Which published set the marker belongs to: `novispy_unique`, `novispy_server`, `novispy_generic`, "
        "`novispy_message_command`, `novispy_transfer_command`, `novispy_setting`, or `finspy_tag`."),
    column<&ApkMarker::marker>("marker", Is::opaque,
        "The marker: a text within a string of the code, or bytes of a `finspy_tag` in hexadecimal."),
    column<&ApkMarker::times>("times", "How often the file of code holds it."),
    column<&ApkMarker::position>("position", "Offset of the first, in the unpacked code."),
};
constexpr auto kMet = table<ApkMarker>("android_apk_marker",
    "One row per published marker that a file of code holds. One marker alone is no evidence.",
    Relation::present, kMarkerColumns);

bool is_base64(std::string_view text)
{
    return std::ranges::all_of(text, [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z')
            || (letter >= '0' && letter <= '9') || letter == '+' || letter == '/';
    });
}

/// Code lies at the top; what an app loads by itself often lies in these folders, under any name.
bool may_be_code(std::string_view name)
{
    return name.ends_with(".dex") || name.starts_with("assets/") || name.starts_with("res/raw/")
        || !name.contains('/');
}

/// One file of an app.
class Content {
public:
    Content(Input const& input, Context& context)
        : m_input(input)
        , m_context(context)
    {
        if (auto const package = package_of_apk(input.path); !package.empty())
            m_row.package = package;
        m_row.path = input.path;
        m_row.file_name = base_name(input.path);
        m_row.size = static_cast<std::int64_t>(input.source->size());
    }

    Result<void> run()
    {
        auto const read = zip::visit(
            *m_input.source, [&](zip::Member const& member) -> Result<void> { return look_at(member); });
        if (!read && (m_row.members == 0 || m_context.ended() || read.error().fault == Fault::cancelled))
            return read;
        EXHIBIT_TRY(m_context.add(kContents, m_row, {}));
        return read;
    }

private:
    Result<void> look_at(zip::Member const& member)
    {
        if (m_context.stop().stop_requested())
            return fail(Fault::cancelled, "cancelled");
        ++m_row.members;
        if (is_base64(member.attributes)) {
            ++m_row.attribute_texts;
            if (m_row.attribute_sample.size() < kLongestSample)
                m_row.attribute_sample += member.attributes;
        }
        if (member.kind != zip::MemberKind::file || !may_be_code(member.name))
            return {};
        // Android does not look at the mark of encryption, which some set to stop tools like this one.
        auto const at = zip::data_offset(*m_input.source, member.header, member.packed);
        if (!at) {
            m_context.note(Level::damage, at.error());
            return {};
        }
        if (member.method == static_cast<std::uint16_t>(zip::Method::stored)) {
            SourceStream stream { *m_input.source };
            EXHIBIT_TRY(stream.skip(*at));
            return look_at_code(member, stream);
        }
        InflateStream stream { *m_input.source, *at };
        return look_at_code(member, stream);
    }

    Result<void> look_at_code(zip::Member const& member, ByteStream& stream)
    {
        constexpr std::size_t head_size = 8;
        std::vector<std::byte> code(head_size);
        auto const head = stream.read_fully(code);
        if (!head || *head != head_size || !apk::has_dex_magic(code)) {
            if (member.name.ends_with(".dex"))
                m_context.note(Level::note, Fault::malformed,
                    "a file with the name of code has no code in it, or is packed in a way that is not read",
                    Origin { member.header });
            return {};
        }
        ++m_row.code_files;
        if (member.size > kLargestCode || m_code + member.size > kMostCode) {
            m_context.note(Level::warning, Fault::over_limit,
                "code of this app was not looked at: there is more than is read", Origin { member.header });
            return {};
        }
        m_code += member.size;
        code.resize(std::max<std::size_t>(head_size, static_cast<std::size_t>(member.size)));
        auto const rest = stream.read_fully(std::span { code }.subspan(head_size));
        if (!rest) {
            m_context.note(Level::damage, rest.error());
            return {};
        }
        code.resize(head_size + *rest);
        return look_for_markers(member, code);
    }

    Result<void> look_for_markers(zip::Member const& member, Bytes code)
    {
        m_search.reset();
        std::int64_t strings = 0;
        auto const read = apk::visit_dex_strings(code, [&](std::string_view text, std::size_t offset) {
            ++strings;
            m_search.look_at(text, offset);
        });
        if (read && code.size() >= member.size)
            ++m_row.code_files_read;
        else
            m_context.note(Level::damage, read ? Fault::truncated : read.error().fault,
                "code of this app is damaged: not all of its strings were looked at",
                Origin { member.header });
        m_row.code_size += static_cast<std::int64_t>(code.size());
        m_row.code_strings += strings;
        for (std::size_t i = 0; i != kMarkers.size(); ++i)
            EXHIBIT_TRY(say(member, kMarkers[i].set, kMarkers[i].text, m_search.met()[i]));
        for (auto const& tag : kTags)
            EXHIBIT_TRY(say(member, kTagSet, tag.name, count(as_text(code), tag.bytes)));
        return {};
    }

    static Met count(std::string_view code, std::string_view tag)
    {
        Met met;
        for (auto at = code.find(tag); at != code.npos; at = code.find(tag, at + tag.size()))
            if (met.times++ == 0)
                met.first = at;
        return met;
    }

    Result<void> say(zip::Member const& member, std::string_view set, std::string_view marker, Met const& met)
    {
        if (met.times == 0)
            return {};
        ApkMarker row;
        row.package = m_row.package;
        row.path = m_row.path;
        row.member = member.name;
        row.set = set;
        row.marker = marker;
        row.times = static_cast<std::int64_t>(met.times);
        row.position = static_cast<std::int64_t>(met.first);
        return m_context.add(kMet, row, Origin { member.header });
    }

    Input const& m_input;
    Context& m_context;
    ApkContent m_row;
    MarkerSearch m_search;
    std::uint64_t m_code = 0;
};

Result<void> parse(Input const& input, Context& context)
{
    return Content { input, context }.run();
}

constexpr std::array<Table const*, 2> kTables { &kContents, &kMet };

} // namespace

extern Artifact const kArtifact;
constinit Artifact const kArtifact {
    .id = "android.apk_content",
    .title = "What the code of apps holds",
    .doc
    = "Whether apps whose files the acquisition holds carry what is published of spyware that changes its "
      "name "
      "and its signature: strings of the code of NoviSpy, tags of FinSpy's configuration, and attributes of "
      "the "
      "archive's directory in which FinSpy hid it. Of the code (DEX, at the top of the archive, in `assets` "
      "and "
      "`res/raw` under any name) every string is compared with the markers; strings themselves are not kept. "
      "Code of more than 128 MiB a file or 512 MiB an app is not looked at, which a diagnostic says; nor is "
      "code inside of further archives, code that the program unpacks by itself, and native code. Copies of "
      "apps are in AndroidQF's output when it was asked for them, and in file systems.",
    .platform = Platform::android,
    .paths = kApkPaths,
    .tables = kTables,
    .parse = parse,
    .kept = Kept::on_device,
};

} // namespace exhibit::android::apk_content
