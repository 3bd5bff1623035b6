#include "acquisition/ios_backup/mb_file.hpp"

#include "formats/plist/keyed_archive.hpp"

namespace exhibit::ios_backup {

namespace {

std::optional<Timestamp> time_of(plist::Object const& stored)
{
    if (auto const seconds = stored.as_int())
        return Time::unix_seconds(*seconds).utc;
    // Some old writers store a date.
    if (auto const date = stored.as_date())
        return date->utc;
    return std::nullopt;
}

} // namespace

Result<FileDetails> read_file_details(Bytes archive)
{
    auto const opened = EXHIBIT_TRY(plist::KeyedArchive::parse(archive));
    auto const [size, modified, mode, key, target] = opened.root().find_fields(
        std::array<std::string_view, 5> { "Size", "LastModified", "Mode", "EncryptionKey", "Target" });
    FileDetails details;
    details.size = size.as_unsigned();
    details.modified = time_of(modified);
    details.mode = mode.as_int();
    if (auto const bytes = key.as_data(); bytes && opened.document().form() == plist::Form::binary)
        details.key = *bytes;
    details.target = target.as_text().value_or("");
    return details;
}

} // namespace exhibit::ios_backup
