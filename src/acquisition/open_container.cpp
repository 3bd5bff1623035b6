#include "acquisition/age_file.hpp"
#include "acquisition/container.hpp"
#include "acquisition/file_source.hpp"
#include "acquisition/folder_container.hpp"
#include "acquisition/tar_container.hpp"
#include "acquisition/zip_container.hpp"
#include "formats/gzip/gzip.hpp"
#include "formats/zip/zip.hpp"

#include <array>

namespace exhibit {

namespace {

constexpr std::string_view kSingleFile = "single file";

/// A file that is no archive: a tree of one.
class SingleFile final : public Container {
public:
    SingleFile(std::shared_ptr<Source const> file, std::string name, Secrecy secrecy)
        : m_file(std::move(file))
        , m_name(std::move(name))
        , m_secrecy(secrecy)
    {
    }

    [[nodiscard]] std::string_view form() const override { return kSingleFile; }
    [[nodiscard]] Secrecy secrecy() const override { return m_secrecy; }
    [[nodiscard]] Result<void> visit(std::string_view folder, NodeVisitor const& visitor) const override
    {
        if (!folder.empty())
            return fail(Fault::missing, "there is no such folder");
        visitor(node());
        return {};
    }
    [[nodiscard]] Result<void> children(
        std::string_view folder, Detail, NodeVisitor const& visitor) const override
    {
        return visit(folder, visitor);
    }
    [[nodiscard]] std::optional<Node> find(std::string_view path) const override
    {
        return path == m_name ? std::optional { node() } : std::nullopt;
    }
    [[nodiscard]] Result<std::unique_ptr<Source>> open(std::string_view path) const override
    {
        if (path != m_name)
            return fail(Fault::missing, "there is no such file");
        return std::make_unique<PartSource>(m_file, 0, m_file->size());
    }

private:
    [[nodiscard]] Node node() const { return { m_name, EntryKind::file, m_file->size(), {}, {} }; }

    std::shared_ptr<Source const> m_file;
    std::string m_name;
    Secrecy m_secrecy;
};

enum class Form : std::uint8_t { zip, tar, tar_gzip, tar_other, other };

bool is_other_compression(std::string_view head)
{
    using namespace std::string_view_literals;
    auto const starts = [&](std::string_view magic) { return head.starts_with(magic); };
    return starts("\x28\xB5\x2F\xFD"sv)
        || starts("\xFD"
                  "7zXZ\0"sv)
        || starts("BZh"sv) || starts("\x04\x22\x4D\x18"sv);
}

Form form_of(std::shared_ptr<Source const> const& file)
{
    std::array<std::byte, 512> block {};
    auto const count = file->read_at(0, block);
    auto const head = Bytes { block }.first(count.value_or(0));
    if (zip::has_magic(head))
        return Form::zip;
    if (gzip::has_magic(head))
        return holds_tar(file, Compression::gzip) ? Form::tar_gzip : Form::other;
    if (is_other_compression(as_text(head)))
        return holds_tar(file, Compression::other) ? Form::tar_other : Form::other;
    return holds_tar(file, Compression::none) ? Form::tar : Form::other;
}

Refusal refusal_of(Error const& error, std::string_view form)
{
    auto const thing = std::string { form };
    switch (error.fault) {
    case Fault::truncated:
        return { error.fault, "The " + thing + " is cut off: " + std::string { error.what } + ".",
            "Copy or transfer it again and compare its size with the original. If it cannot be had again, "
            "unpack what "
            "can be unpacked with a repair tool and examine the folder." };
    case Fault::over_limit:
        return { error.fault, "The " + thing + " was not unpacked: " + std::string { error.what } + ".",
            "If it is genuine, unpack it yourself and examine the folder." };
    case Fault::io:
        return { error.fault, "The " + thing + " could not be read: " + std::string { error.what } + ".",
            "Check the disk it is on, the permissions and the free space, and try again." };
    case Fault::cancelled:
        return { error.fault, "Stopped.", "Run the same command again to start over." };
    default:
        return { error.fault, "The " + thing + " is damaged: " + std::string { error.what } + ".",
            "Copy or transfer it again, or unpack it and examine the folder." };
    }
}

std::expected<std::shared_ptr<Container const>, Refusal> refused_as(
    Result<std::shared_ptr<Container const>> opened, std::string_view form)
{
    if (!opened)
        return std::unexpected(refusal_of(opened.error(), form));
    return std::move(*opened);
}

} // namespace

void note_times_of_copying(Container const& container, std::vector<Fact>& facts)
{
    if (!container.times_are_of_copying())
        return;
    facts.push_back({ "container.times", "of copying" });
    container.note(Fault::missing,
        "nearly all files of the archive were last changed within one hour, as when a copy was made before "
        "it was "
        "packed: the times of files date nothing that happened on the phone",
        {});
}

Result<std::unique_ptr<Source>> Container::open_to_look(std::string_view path) const
{
    constexpr std::uint64_t cost_of_any = 64U << 10U;
    auto const node = find(path);
    auto const cost = cost_of_any + (node && unpacks(path) ? node->size : 0);
    auto left = m_looks_left->load();
    do {
        if (left == 0)
            return fail(Fault::over_limit, "looking into more files would take too long");
    } while (!m_looks_left->compare_exchange_weak(left, left - std::min(left, cost)));
    return open(path);
}

std::expected<std::shared_ptr<Container const>, Refusal> open_container(
    std::filesystem::path const& path, OpenOptions const& options)
{
    std::error_code error;
    auto const status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return std::unexpected(Refusal { Fault::missing, "There is nothing at this path.",
            "Check the spelling, and that the disk it is on is connected." });
    if (std::filesystem::is_directory(status))
        return refused_as(FolderContainer::open_folder(path), "folder");
    if (!std::filesystem::is_regular_file(status))
        return std::unexpected(
            Refusal { Fault::unsupported, "This is neither a folder nor a file, but a device or pipe.",
                "Name the folder, zip or tar that holds the acquisition." });
    auto opened = open_file(path);
    if (!opened)
        return std::unexpected(refusal_of(opened.error(), "file"));
    auto name = path.filename().string();
    auto secrecy = Secrecy::none;
    if (is_age_file(**opened)) {
        auto content = open_age_file(std::move(*opened), options);
        if (!content)
            return std::unexpected(std::move(content.error()));
        *opened = std::move(*content);
        secrecy = Secrecy::memory_only;
        if (name.ends_with(".age"))
            name.resize(name.size() - 4);
    }
    std::shared_ptr<Source const> const file { std::move(*opened) };
    switch (form_of(file)) {
    case Form::zip:
        return refused_as(ZipContainer::open_zip(file, secrecy, options.stop), "zip archive");
    case Form::tar:
        return refused_as(TarContainer::open_tar(file, Compression::none, options, secrecy), "tar archive");
    case Form::tar_gzip:
        return refused_as(TarContainer::open_tar(file, Compression::gzip, options, secrecy), "tar archive");
    case Form::tar_other:
        return refused_as(TarContainer::open_tar(file, Compression::other, options, secrecy), "tar archive");
    case Form::other:
        break;
    }
    return std::make_shared<SingleFile>(file, std::move(name), secrecy);
}

std::shared_ptr<Container const> zip_at_end_of(Container const& file, std::stop_token const& stop)
{
    std::shared_ptr<Source const> source;
    if (file.form() == kSingleFile)
        (void)file.children({}, Detail::names, [&](Node const& node) {
            if (auto opened = file.open(node.path))
                source = std::move(*opened);
            return false;
        });
    if (!source || !zip::has_directory(*source))
        return nullptr;
    return ZipContainer::open_zip(std::move(source), file.secrecy(), stop).value_or(nullptr);
}

} // namespace exhibit
