#include "artifacts/ios/sms/parts.hpp"

#include "artifacts/common/plist_file.hpp"
#include "formats/plist/keyed_archive.hpp"
#include "formats/typedstream/attributed_text.hpp"

namespace exhibit::ios::sms {

Result<std::optional<std::string>> read_body(Bytes body, std::vector<Link>* links)
{
    auto attributed = typedstream::read_attributed_text(body);
    if (!attributed) {
        if (attributed.error().fault == Fault::missing)
            return std::optional<std::string> {};
        return std::unexpected(attributed.error());
    }
    if (links != nullptr)
        for (auto& found : typedstream::links_of(*attributed)) {
            Link link;
            link.source = "body";
            link.url = std::move(found.url);
            links->push_back(std::move(link));
        }
    return std::optional { std::move(attributed->text) };
}

bool may_hold_links(Bytes body)
{
    return as_text(body).find("NSURL") != std::string_view::npos;
}

Result<std::vector<Link>> read_payload(Bytes payload)
{
    auto const archive = EXHIBIT_TRY(plist::KeyedArchive::parse(payload));
    auto const& root = archive.root();
    std::vector<Link> links;
    Link link;
    auto preview = root.find("richLinkMetadata");
    if (!preview && root.is_a("LPLinkMetadata"))
        preview = root;
    if (preview) {
        link.source = "preview";
        link.url = preview.find("URL").as_text();
        link.original_url = preview.find("originalURL").as_text();
        link.title = preview.find("title").as_text();
        link.summary = preview.find("summary").as_text();
        link.site_name = preview.find("siteName").as_text();
    } else {
        link.source = "app";
        link.url = root.find("URL").as_text();
        link.title = root.find("ldtext").as_text();
        link.app_name = root.find("an").as_text();
    }
    if (link.url || link.original_url || link.title)
        links.push_back(std::move(link));
    return links;
}

namespace {

constexpr std::size_t kMostVersions = 1000; // the system allows five

void read_retracted(plist::Value const& parts, Changes& changes)
{
    std::size_t count = 0;
    for (auto const& part : parts.elements()) {
        auto const number = part.as_int();
        if (!number)
            continue;
        changes.cut = ++count > kMostVersions;
        if (changes.cut)
            return;
        changes.retracted_parts += (changes.retracted_parts.empty() ? "" : " ") + std::to_string(*number);
    }
}

Edit read_version(plist::Value const& version, Changes& changes)
{
    Edit edit;
    edit.edited = plist_time(version.find("d"));
    if (auto const body = version.find("t").as_data()) {
        auto text = read_body(*body, nullptr);
        changes.unreadable = changes.unreadable || !text;
        if (text)
            edit.text = *std::move(text);
    }
    return edit;
}

} // namespace

// `ec` holds, for each part that was edited, the versions with a date `d` and a typed stream `t`; `rp` the
// numbers of parts that were taken back (documentation of the crate imessage-database, EditedMessage).
Result<Changes> read_changes(Bytes summary_info)
{
    auto const document = EXHIBIT_TRY(plist::Document::parse(summary_info));
    Changes changes;
    read_retracted(document.root().find("rp"), changes);
    for (auto const& part : document.root().find("ec").entries()) {
        std::int64_t number = 0;
        for (auto const& version : part.value.elements()) {
            if (changes.edits.size() == kMostVersions) {
                changes.cut = true;
                return changes;
            }
            auto edit = read_version(version, changes);
            edit.part = part.key.as_text();
            edit.version_number = number++;
            changes.edits.push_back(std::move(edit));
        }
    }
    return changes;
}

} // namespace exhibit::ios::sms
