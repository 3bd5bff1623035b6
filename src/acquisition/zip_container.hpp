#pragma once

#include "acquisition/archive_index.hpp"
#include "acquisition/container.hpp"
#include "formats/zip/zip.hpp"

#include <memory>
#include <stop_token>
#include <vector>

namespace exhibit {

/// A zip archive. Stored members are read where they are, and compared with their checksum when somebody
/// reads them from front to back; others are unpacked when they are opened.
class ZipContainer final : public Container, public std::enable_shared_from_this<ZipContainer> {
public:
    /// `truncated` when the archive's end is missing and nothing can be found without it.
    static Result<std::shared_ptr<Container const>> open_zip(std::shared_ptr<Source const> archive,
        Secrecy secrecy = Secrecy::none, std::stop_token const& stop = {});

    /// A zip within a container, to see what is in it.
    static Result<std::shared_ptr<Container const>> look_into_zip(
        Container const& container, std::string_view path);

    ZipContainer(std::shared_ptr<Source const> archive, Secrecy secrecy)
        : m_archive(std::move(archive))
        , m_secrecy(secrecy)
        , m_index(problem_list())
    {
    }

    [[nodiscard]] std::string_view form() const override { return "zip archive"; }
    [[nodiscard]] Secrecy secrecy() const override { return m_secrecy; }
    [[nodiscard]] Result<void> visit(std::string_view folder, NodeVisitor const& visitor) const override
    {
        return m_index.visit(folder, visitor);
    }
    [[nodiscard]] Result<void> children(
        std::string_view folder, Detail, NodeVisitor const& visitor) const override
    {
        return m_index.children(folder, visitor);
    }
    [[nodiscard]] std::optional<Node> find(std::string_view path) const override
    {
        return m_index.find_node(path);
    }

    [[nodiscard]] bool times_are_of_copying() const override { return m_index.times_are_of_copying(); }
    [[nodiscard]] Result<std::unique_ptr<Source>> open(std::string_view path) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open_head(
        std::string_view path, std::size_t most) const override;
    [[nodiscard]] bool unpacks(std::string_view path) const override;
    [[nodiscard]] Result<std::string> link_target(std::string_view path) const override;

private:
    /// What is needed to unpack a member; the index refers to it by number.
    struct Packed {
        std::uint64_t header = 0;
        std::uint64_t packed = 0;
        std::uint64_t size = 0;
        std::uint32_t crc = 0;
        std::uint16_t method = 0;
        bool encrypted = false;
        bool overlaps = false; ///< shares bytes with another member, as only bombs do
    };

    Result<void> read_directory(std::stop_token const& stop);
    Result<void> add_what_stands_before(std::stop_token const& stop);
    /// Adds what the directory does not name, between two places of the archive.
    Result<void> add_by_own_headers(std::uint64_t begin, std::uint64_t end, std::stop_token const& stop);
    Result<void> add(zip::Member const& member);
    void mark_overlaps();
    void limit_hollow();
    /// Bytes that are unpacked of a member.
    [[nodiscard]] std::uint64_t most_of(Packed const& member) const;
    [[nodiscard]] Result<std::unique_ptr<Source>> open_member(
        Packed const& member, std::string_view path) const;
    [[nodiscard]] std::unique_ptr<Source> open_stored(
        Packed const& member, std::uint64_t offset, std::string_view path) const;
    [[nodiscard]] Result<std::unique_ptr<Source>> unpack(
        Packed const& member, std::uint64_t offset, std::string_view path) const;
    [[nodiscard]] Result<std::unique_ptr<Source>> unpack_in_memory(
        Packed const& member, std::uint64_t offset, std::uint64_t most, std::string_view path) const;
    void tell_end(Packed const& member, std::uint64_t most, std::uint64_t size, std::uint32_t crc,
        bool damaged, std::string_view path) const;
    void tell_difference(Packed const& member, std::uint64_t size, std::uint32_t crc, bool damaged,
        std::string_view path) const;

    std::shared_ptr<Source const> m_archive;
    Secrecy m_secrecy;
    ArchiveIndex m_index;
    std::vector<Packed> m_packed;
    std::uint64_t m_most_of_bomb = 0; ///< bytes that are unpacked of a member that expands beyond measure
    std::uint64_t m_most_of_hollow = UINT64_MAX; ///< the same of smaller ones
};

} // namespace exhibit
