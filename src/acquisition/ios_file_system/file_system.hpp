#pragma once

#include "acquisition/acquisition.hpp"
#include "acquisition/container.hpp"
#include "acquisition/ios_file_system/layout.hpp"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace exhibit::ios_file_system {

/// A copy of the file system of an iPhone or iPad, of its data partition, or of a part of it, which is said.
/// Apps' containers keep the UUID that names them on the device. Times are those that the container states:
/// for a folder, those of the copy.
class IosFileSystem final : public Acquisition {
public:
    static std::expected<std::unique_ptr<Acquisition>, Refusal> open_file_system(
        std::shared_ptr<Container const> const& container, std::string const& folder,
        OpenOptions const& options);

    IosFileSystem(std::shared_ptr<Container const> container, std::string folder, std::vector<Mount> mounts);

    [[nodiscard]] AcquisitionKind kind() const override { return AcquisitionKind::ios_file_system; }
    [[nodiscard]] std::string description() const override;
    [[nodiscard]] std::vector<Fact> facts() const override { return m_facts; }
    [[nodiscard]] Result<void> visit(std::function<bool(EntryView const&)> const& visitor) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(Entry const& entry) const override
    {
        return m_container->open(entry.stored);
    }
    [[nodiscard]] bool unpacks(Entry const& entry) const override
    {
        return m_container->unpacks(entry.stored);
    }
    [[nodiscard]] std::vector<Problem> problems() const override;

private:
    void read_facts();
    void read_version();
    void find_time_zone();
    void find_parts();
    void add_parts(std::string const& folder, std::string const& device);
    [[nodiscard]] std::string stored_path(std::string_view device_path) const;

    std::shared_ptr<Container const> m_container;
    std::string m_folder;
    std::vector<Mount> m_mounts;
    std::vector<Fact> m_facts;
    std::string m_version;
    std::vector<std::string> m_parts; ///< what is here, when it is not all
    std::vector<std::string> m_missing; ///< folders that every phone has and that are not here
};

} // namespace exhibit::ios_file_system
