#include "acquisition/ios_backup/mb_file.hpp"

namespace exhibit::ios_backup {

namespace {

constexpr std::array<std::string_view, 5> kNames { "Size", "LastModified", "Mode", "EncryptionKey",
    "Target" };

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

FileDetailsReader::FileDetailsReader()
    : m_fields(kNames, m_found)
{
}

Result<FileDetails> FileDetailsReader::read(Bytes archive)
{
    EXHIBIT_TRY(m_fields.read(archive));
    auto const& [size, modified, mode, key, target] = m_found;
    FileDetails details;
    details.size = size.as_unsigned();
    details.modified = time_of(modified);
    details.mode = mode.as_int();
    if (auto const bytes = key.as_data(); bytes && m_fields.form() == plist::Form::binary)
        details.key = *bytes;
    details.target = target.as_text().value_or("");
    return details;
}

} // namespace exhibit::ios_backup
