#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/container.hpp"
#include "acquisition/ios_backup/manifest.hpp"
#include "acquisition/ios_backup/payloads.hpp"
#include "acquisition/problem_list.hpp"
#include "formats/keybag/keybag.hpp"

#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace exhibit::ios_backup {

/// What the property lists of a backup say about it and the device.
struct BackupFacts {
    bool says_encrypted = false;
    std::vector<std::byte> keybag; ///< empty without one
    std::vector<std::byte> manifest_key; ///< class and wrapped key; empty before iOS 10.2
    std::vector<Fact> facts;
    std::string product_type;
    std::string product_version;
    std::vector<std::string> applications; ///< bundle ids
    std::vector<Problem> problems;
};

BackupFacts read_backup_facts(Container const& container, std::string const& root);

/// A backup made by iTunes, Finder or a compatible program, plain or encrypted. Encrypted content is
/// decrypted where it is read; nothing of it is kept.
class IosBackup final : public Acquisition {
public:
    /// `root`: the folder of the container that holds the manifest; empty for the container itself.
    static std::expected<std::unique_ptr<IosBackup>, Refusal> open_backup(
        std::shared_ptr<Container const> const& container, std::string const& root,
        OpenOptions const& options);

    IosBackup(IosBackup const&) = delete;
    IosBackup& operator=(IosBackup const&) = delete;
    ~IosBackup() override = default;

    [[nodiscard]] AcquisitionKind kind() const override { return AcquisitionKind::ios_backup; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<Fact> facts() const override;
    [[nodiscard]] Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const override;
    void visit_own_files(std::function<bool(EntryView const&)> const& visitor) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const& entry) const override;
    [[nodiscard]] bool unpacks(Entry const& entry) const override;
    [[nodiscard]] std::vector<Problem> problems() const override;

    // For a decrypted copy of the whole:

    [[nodiscard]] Manifest const& manifest() const { return *m_manifest; }
    /// The manifest in the clear.
    [[nodiscard]] Source const& manifest_content() const { return *m_manifest_content; }
    [[nodiscard]] bool encrypted() const { return m_keys.has_value(); }
    [[nodiscard]] bool flat() const { return m_flat; }
    [[nodiscard]] Container const& container() const { return *m_container; }
    [[nodiscard]] std::string const& root() const { return m_root; }
    /// Whether the payload of a line is there.
    [[nodiscard]] bool holds(StoredRow const& row) const;
    struct Content {
        std::unique_ptr<Source> source;
        bool cut = false; ///< not all of the file
    };
    /// The content of one line of the manifest.
    [[nodiscard]] Result<Content> open_row(StoredRow const& row, std::uint64_t handle) const;

private:
    IosBackup() = default;

    std::expected<void, Refusal> unlock(OpenOptions const& options);
    std::expected<void, Refusal> open_manifest(OpenOptions const& options);
    std::expected<void, Refusal> open_database(OpenOptions const& options);
    [[nodiscard]] std::expected<std::unique_ptr<Source>, Refusal> decrypt_manifest(
        std::unique_ptr<Source> stored) const;
    void find_time_zone();

    struct Pass;
    [[nodiscard]] Result<Payloads const*> payloads() const;
    [[nodiscard]] std::string path_of(std::string_view name) const;
    bool show_own_files(std::function<bool(EntryView const&)> const& visitor) const;
    bool show_row(Pass& pass, ManifestRow const& row) const;
    /// Whether a line is that of a payload which the backup holds under the name that follows from the path.
    enum class PayloadLine { names_it, repeated, other };
    static PayloadLine see_payload(Pass& pass, ManifestRow const& row);
    bool show_lost(Pass& pass) const;
    bool show_if_lost(Pass& pass, std::string const& domain, std::string const& relative) const;
    void tell(Pass const& pass) const;
    [[nodiscard]] Result<std::unique_ptr<Source>> open_own_file(Entry const& entry) const;
    [[nodiscard]] Result<std::unique_ptr<Source>> open_by_name(Entry const& entry) const;
    [[nodiscard]] Result<Content> decrypt(
        std::unique_ptr<Source> stored, StoredRow const& row, std::uint64_t handle) const;
    /// Counts a problem of one line once, however often it is opened.
    void report(
        Fault fault, std::string_view what, StoredRow const& row, std::uint64_t handle, bool damage) const;
    void report_short(StoredRow const& row, std::uint64_t handle) const;

    std::shared_ptr<Container const> m_container;
    std::string m_root;
    bool m_flat = false;
    bool m_was_decrypted = false; ///< by another program, which left the mark of encryption
    std::vector<std::string> m_wanted;
    BackupFacts m_facts;
    std::optional<keybag::ClassKeys> m_keys;
    std::shared_ptr<Source const> m_manifest_content;
    std::unique_ptr<Manifest> m_manifest;

    mutable std::mutex m_mutex;
    mutable std::optional<Payloads> m_payloads;
    mutable std::set<std::pair<std::string_view, std::uint64_t>> m_reported;
    mutable ProblemList m_problems;
};

} // namespace exhibit::ios_backup
