#include "support/archive_builder.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace exhibit::test {

namespace {

struct Free {
    void operator()(archive* writer) const { archive_write_free(writer); }
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

void require(bool held, archive* writer)
{
    if (!held)
        throw std::runtime_error { std::string { "archive: " } + archive_error_string(writer) };
}

void choose(archive* writer, ArchiveForm form)
{
    switch (form) {
    case ArchiveForm::zip_stored:
        archive_write_set_format_zip(writer);
        archive_write_zip_set_compression_store(writer);
        return;
    case ArchiveForm::zip_deflated:
        archive_write_set_format_zip(writer);
        archive_write_zip_set_compression_deflate(writer);
        return;
    case ArchiveForm::tar_gnu:
        archive_write_set_format_gnutar(writer);
        return;
    case ArchiveForm::tar_gzip:
        archive_write_add_filter_gzip(writer);
        break;
    case ArchiveForm::tar_zstd:
        archive_write_add_filter_zstd(writer);
        break;
    case ArchiveForm::tar_xz:
        archive_write_add_filter_xz(writer);
        break;
    case ArchiveForm::tar:
        break;
    }
    archive_write_set_format_pax_restricted(writer);
    archive_write_set_options(writer, "hdrcharset=BINARY");
}

void write_member(archive* writer, ArchiveMember const& member)
{
    std::unique_ptr<archive_entry, Free> const entry { archive_entry_new() };
    archive_entry_copy_pathname(entry.get(), member.name.c_str());
    archive_entry_set_mtime(entry.get(), member.modified, 0);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    if (member.hard_link)
        archive_entry_copy_hardlink(entry.get(), member.target.c_str());
    else if (member.kind == EntryKind::folder)
        archive_entry_set_filetype(entry.get(), AE_IFDIR);
    else if (member.kind == EntryKind::link) {
        archive_entry_set_filetype(entry.get(), AE_IFLNK);
        archive_entry_copy_symlink(entry.get(), member.target.c_str());
    }
    auto const size = member.hard_link ? std::size_t { 0 } : member.content.size();
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    require(archive_write_header(writer, entry.get()) >= ARCHIVE_WARN, writer);
    if (size != 0)
        require(
            archive_write_data(writer, member.content.data(), size) == static_cast<la_ssize_t>(size), writer);
}

std::string read(std::filesystem::path const& path)
{
    std::ifstream file { path, std::ios::binary };
    return { std::istreambuf_iterator<char> { file }, {} };
}

} // namespace

void write_archive(
    std::filesystem::path const& path, ArchiveForm form, std::vector<ArchiveMember> const& members)
{
    std::unique_ptr<archive, Free> const writer { archive_write_new() };
    choose(writer.get(), form);
    require(archive_write_open_filename(writer.get(), path.c_str()) == ARCHIVE_OK, writer.get());
    for (auto const& member : members)
        write_member(writer.get(), member);
    require(archive_write_close(writer.get()) == ARCHIVE_OK, writer.get());
}

void archive_folder(std::filesystem::path const& folder, std::filesystem::path const& archive,
    ArchiveForm form, std::string const& prefix)
{
    std::vector<ArchiveMember> members;
    for (auto const& found : std::filesystem::recursive_directory_iterator { folder })
        if (found.is_regular_file())
            members.push_back({ .name = prefix + found.path().lexically_relative(folder).string(),
                .content = read(found.path()) });
    std::ranges::sort(members, {}, &ArchiveMember::name);
    write_archive(archive, form, members);
}

void point_second_member_at_first(std::filesystem::path const& zip)
{
    constexpr std::size_t offset_field = 42;
    auto content = read(zip);
    auto const first = content.find("PK\x01\x02");
    auto const second = content.find("PK\x01\x02", first + 4);
    if (second == std::string::npos)
        throw std::runtime_error { "the zip has no second member" };
    content.replace(second + offset_field, 4, content.substr(first + offset_field, 4));
    std::ofstream { zip, std::ios::binary } << content;
}

void claim_size(std::filesystem::path const& zip, std::uint32_t size)
{
    constexpr std::size_t size_field = 24;
    auto content = read(zip);
    auto const field = content.find("PK\x01\x02") + size_field;
    for (std::size_t i = 0; i < 4; ++i)
        content.at(field + i) = static_cast<char>(size >> (8 * i));
    std::ofstream { zip, std::ios::binary } << content;
}

} // namespace exhibit::test
