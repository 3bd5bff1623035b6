#pragma once

#include "acquisition/container.hpp"
#include "acquisition/file_source.hpp"

#include <map>
#include <mutex>
#include <string>

namespace exhibit {

/// A folder of the file system. Every step down is taken from the folder above without following links.
class FolderContainer final : public Container {
public:
    static Result<std::shared_ptr<Container const>> open_folder(std::filesystem::path const& path);

    [[nodiscard]] std::string_view form() const override { return "folder"; }
    [[nodiscard]] bool unpacks_nothing() const override { return true; }
    [[nodiscard]] Result<void> visit(std::string_view folder, NodeVisitor const& visitor) const override;
    [[nodiscard]] Result<void> children(
        std::string_view folder, Detail detail, NodeVisitor const& visitor) const override;
    [[nodiscard]] std::optional<Node> find(std::string_view path) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open(std::string_view path) const override;
    [[nodiscard]] Result<std::unique_ptr<Source>> open_listed(std::string_view path) const override;
    [[nodiscard]] Result<std::string> link_target(std::string_view path) const override;

private:
    explicit FolderContainer(FileDescriptor root)
        : m_root(std::move(root))
    {
    }

    struct Child {
        std::string name;
        EntryKind kind = EntryKind::file;
    };

    [[nodiscard]] Result<std::unique_ptr<Source>> open_with(
        Result<std::unique_ptr<Source>> (*open_at)(int, char const*), std::string_view path) const;
    [[nodiscard]] Result<FileDescriptor> descend(std::string_view folder) const;
    /// `descend` for a folder of which many files are opened: it stays open for the next.
    [[nodiscard]] Result<std::shared_ptr<FileDescriptor const>> parent(std::string_view folder) const;
    [[nodiscard]] Result<std::vector<Child>> list(int folder, std::string_view path) const;
    [[nodiscard]] std::optional<Child> child_of(
        int folder, char const* name, unsigned char type, std::string_view path) const;
    /// Opens a folder that was found; nothing, and a problem, where that fails.
    [[nodiscard]] FileDescriptor look_into(
        int folder, Child const& child, std::size_t depth, std::string_view path) const;
    [[nodiscard]] std::optional<Node> node_of(int folder, Child const& child, Detail detail) const;

    FileDescriptor m_root;
    mutable std::mutex m_mutex;
    mutable std::map<std::string, std::shared_ptr<FileDescriptor const>, std::less<>> m_parents;
};

} // namespace exhibit
