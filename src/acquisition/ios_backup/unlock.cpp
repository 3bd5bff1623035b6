// Opening a backup: its keys, its manifest, and what to say when that fails.

#include "acquisition/file_source.hpp"
#include "acquisition/ios_backup/backup.hpp"
#include "formats/crypto/cbc_source.hpp"

#include <array>

namespace exhibit::ios_backup {

namespace {

constexpr std::string_view kDatabaseMagic { "SQLite format 3\0", 16 };

bool begins_as_database(Source const& source)
{
    std::array<std::byte, kDatabaseMagic.size()> head {};
    auto const count = source.read_at(0, head);
    return count && as_text(Bytes { head }.first(*count)) == kDatabaseMagic;
}

std::unexpected<Refusal> refuse(Fault fault, std::string message, std::string advice)
{
    return std::unexpected(Refusal { fault, std::move(message), std::move(advice) });
}

constexpr auto kCopyAgain = "Copy the whole backup folder again from the computer that made it, or make a "
                            "new backup if the phone is at hand.";

std::unexpected<Refusal> wrong_password()
{
    return refuse(Fault::locked, "The password does not open this backup.",
        "It is the password that was set in Finder, iTunes or Apple Devices when backups were first "
        "encrypted, perhaps long "
        "ago and on another computer; it is not the passcode of the phone. Check capitals and special "
        "characters and try again.");
}

std::unexpected<Refusal> not_unlocked(Error const& error)
{
    switch (error.fault) {
    case Fault::locked:
        return wrong_password();
    case Fault::cancelled:
        return refuse(Fault::cancelled, "Stopped.", "Run the same command again to start over.");
    case Fault::over_limit:
        return refuse(error.fault,
            "The keys of this encrypted backup are none of a phone: " + std::string { error.what } + ".",
            "Somebody may have changed the backup. Copy it again from the computer that made it, or make a "
            "new one.");
    default:
        return refuse(error.fault,
            "The keys of this encrypted backup are damaged: " + std::string { error.what } + ".", kCopyAgain);
    }
}

std::unexpected<Refusal> unreadable_manifest(Error const& error)
{
    // Locked is what an archive keeps behind a password of its own.
    return refuse(error.fault,
        "The list of files of this backup cannot be read: " + std::string { error.what } + ".",
        error.fault == Fault::locked ? "Unpack the archive with its password, and name the folder."
                                     : kCopyAgain);
}

} // namespace

std::expected<std::unique_ptr<IosBackup>, Refusal> IosBackup::open_backup(
    std::shared_ptr<Container const> const& container, std::string const& root, OpenOptions const& options)
{
    std::unique_ptr<IosBackup> backup { new IosBackup };
    backup->m_container = container;
    backup->m_root = root;
    backup->m_wanted = options.wanted;
    backup->m_facts = read_backup_facts(*backup->m_container, backup->m_root);
    backup->m_flat = !backup->m_container->find(join_path(backup->m_root, "Manifest.db"));
    if (auto opened = backup->open_manifest(options); !opened)
        return std::unexpected(std::move(opened.error()));
    backup->find_time_zone();
    return backup;
}

std::expected<void, Refusal> IosBackup::unlock(OpenOptions const& options)
{
    auto const keybag = keybag::parse(m_facts.keybag);
    if (!keybag)
        return not_unlocked(keybag.error());
    auto password = options.password();
    if (!password)
        return refuse(Fault::locked, "This backup is encrypted, and no password was given.",
            "Run the command on a terminal to be asked for it, name a file that holds it with "
            "--password-file, or set "
            "EXHIBIT_PASSWORD.");
    if (password->empty())
        return refuse(Fault::locked, "This backup is encrypted, and the password that was given is empty.",
            "Start again with the password that was set in Finder, iTunes or Apple Devices when backups were "
            "first encrypted.");
    options.progress("deriving the key from the password", 0);
    auto keys = keybag::unlock(*keybag, *password,
        { options.stop, [&](double part) { options.progress("deriving the key from the password", part); } });
    wipe(*password);
    if (!keys)
        return not_unlocked(keys.error());
    if (!keys->damaged().empty())
        m_problems.add(Fault::locked,
            "keys of the keybag are damaged: files of their protection classes cannot be read",
            "Manifest.plist", keys->damaged().size());
    m_keys = std::move(*keys);
    return {};
}

std::expected<void, Refusal> IosBackup::open_manifest(OpenOptions const& options)
{
    if (!m_flat)
        return open_database(options);
    auto const path = join_path(m_root, "Manifest.mbdb");
    auto stored = m_container->open(path);
    if (!stored)
        return unreadable_manifest(stored.error());
    if (m_facts.says_encrypted)
        if (auto unlocked = unlock(options); !unlocked)
            return unlocked;
    m_manifest_content = std::move(*stored);
    auto manifest = open_manifest_mbdb(m_manifest_content);
    if (!manifest)
        return refuse(manifest.error().fault, "Manifest.mbdb, the list of files of this backup, is damaged.",
            kCopyAgain);
    m_manifest = std::move(*manifest);
    return {};
}

std::expected<void, Refusal> IosBackup::open_database(OpenOptions const& options)
{
    auto stored = m_container->open(join_path(m_root, "Manifest.db"));
    if (!stored)
        return unreadable_manifest(stored.error());
    auto const clear = begins_as_database(**stored);
    // Programs that decrypt a backup leave Manifest.plist as it was. Since iOS 10.2 an encrypted backup has
    // an encrypted Manifest.db, so that a clear one beside its key was decrypted before; so was all else.
    m_was_decrypted = m_facts.says_encrypted && clear && !m_facts.manifest_key.empty();
    if (m_facts.says_encrypted && !m_was_decrypted) {
        if (m_facts.keybag.empty())
            return refuse(Fault::missing,
                "This backup is encrypted, and Manifest.plist does not hold its keys.", kCopyAgain);
        if (!clear && m_facts.manifest_key.empty())
            return refuse(Fault::missing,
                "Manifest.db is encrypted, and Manifest.plist does not hold its key (ManifestKey).",
                kCopyAgain);
        if (auto unlocked = unlock(options); !unlocked)
            return unlocked;
    }
    std::shared_ptr<Source const> wal;
    if (clear) {
        m_manifest_content = std::move(*stored);
        if (auto opened = m_container->open(join_path(m_root, "Manifest.db-wal")))
            wal = std::move(*opened);
    } else if (m_keys) {
        auto decrypted = decrypt_manifest(std::move(*stored));
        if (!decrypted)
            return std::unexpected(std::move(decrypted.error()));
        m_manifest_content = std::move(*decrypted);
    } else
        return refuse(Fault::malformed,
            "Manifest.db is no database: it is damaged, or it is encrypted and Manifest.plist, which holds "
            "the keys, is "
            "missing or from another backup.",
            kCopyAgain);
    auto manifest = open_manifest_database(m_manifest_content, wal, options.stop);
    if (!manifest)
        return refuse(manifest.error().fault,
            "Manifest.db, the list of files of this backup, cannot be used: "
                + std::string { manifest.error().what } + ".",
            kCopyAgain);
    m_manifest = std::move(*manifest);
    return {};
}

std::expected<std::unique_ptr<Source>, Refusal> IosBackup::decrypt_manifest(
    std::unique_ptr<Source> stored) const
{
    auto key = m_keys->unwrap(m_facts.manifest_key);
    if (!key && key.error().fault == Fault::missing)
        return refuse(Fault::missing,
            "The password is right, but the keybag has no key of the class that Manifest.db needs.",
            kCopyAgain);
    if (!key)
        return refuse(
            Fault::locked, "The password is right, but the key of Manifest.db is damaged.", kCopyAgain);
    auto decrypted = std::make_unique<CbcSource>(std::move(stored), std::move(*key), AesBlock {}, UINT64_MAX);
    if (!begins_as_database(*decrypted))
        return refuse(Fault::malformed,
            "The password is right, but what Manifest.db decrypts to is no database: the file is damaged or "
            "belongs to "
            "another backup.",
            kCopyAgain);
    if (auto const ending = ending_of(*decrypted))
        decrypted->cut_to(ending->size);
    return decrypted;
}

} // namespace exhibit::ios_backup
