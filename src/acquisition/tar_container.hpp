#pragma once

#include "acquisition/archive_index.hpp"
#include "acquisition/container.hpp"
#include "base/byte_stream.hpp"
#include "formats/tar/tar.hpp"

#include <memory>
#include <mutex>
#include <stop_token>

namespace exhibit {

/// How a tar is compressed, if it is.
enum class Compression : std::uint8_t { none, gzip, other };

/// A tar archive. A plain one is read in place. One compressed with gzip is read in place too, from noted
/// points on, and a member is unpacked when it is opened. Other compressions have no such points: the tar
/// inside is unpacked once, into a temporary file that no name leads to, or into memory where the archive was
/// encrypted.
class TarContainer final : public Container {
public:
    static Result<std::shared_ptr<Container const>> open_tar(std::shared_ptr<Source const> archive,
        Compression compression, OpenOptions const& options, Secrecy secrecy = Secrecy::none);

    TarContainer(Compression compression, Secrecy secrecy)
        : m_compression(compression)
        , m_secrecy(secrecy)
        , m_index(problem_list())
    {
    }

    [[nodiscard]] std::string_view form() const override;
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
    [[nodiscard]] bool unpacks(std::string_view) const override { return m_compression == Compression::gzip; }
    [[nodiscard]] Result<std::string> link_target(std::string_view path) const override;

private:
    Result<void> read_plain(std::shared_ptr<Source const> archive);
    Result<void> read_gzip(std::shared_ptr<Source const> const& archive, OpenOptions const& options);
    Result<void> read_other(std::shared_ptr<Source const> const& archive, OpenOptions const& options);
    Result<void> read_members(ByteStream& stream);
    Result<tar::Ending> visit_members(ByteStream& stream);
    [[nodiscard]] bool has_room(std::string_view name, std::string_view target);
    [[nodiscard]] std::uint64_t keep_target(std::string_view target);
    Result<void> resolve_hard_links();
    Result<void> add_sparse(tar::Member const& member);
    [[nodiscard]] Result<std::unique_ptr<Source>> open_stored(
        std::uint64_t data, std::uint64_t stored, std::string_view path) const;
    [[nodiscard]] Result<std::unique_ptr<Source>> unpack(Source const& part) const;

    /// A file with holes, and where what is stored of it lies.
    struct Sparse {
        std::uint64_t data = 0;
        std::uint64_t stored = 0;
        std::vector<tar::Extent> extents;
    };

    Compression m_compression;
    Secrecy m_secrecy;
    std::shared_ptr<Source const> m_tar; ///< uncompressed
    ArchiveIndex m_index;
    std::vector<std::pair<std::string, std::string>> m_hard_links;
    std::vector<std::string> m_targets; ///< of links, each of which has its number here as its locator
    std::size_t m_link_bytes = 0;
    std::vector<Sparse> m_sparse;
    std::size_t m_extents = 0; ///< of all of them
    std::uint64_t m_hollow = 0; ///< bytes of those that hold little but holes
    std::vector<std::uint64_t> m_linked; ///< where content lies that has several names, sorted
    mutable std::mutex m_kept_lock;
    mutable std::shared_ptr<Source const> m_kept; ///< of such content what was unpacked last
    mutable std::uint64_t m_kept_data = 0;
};

/// Whether what the archive unpacks to begins like a tar.
bool holds_tar(std::shared_ptr<Source const> const& archive, Compression compression);

} // namespace exhibit
