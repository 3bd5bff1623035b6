#include "acquisition/archive_index.hpp"
#include "acquisition/file_source.hpp"
#include "acquisition/tar_container.hpp"
#include "acquisition/zip_container.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace {

using namespace exhibit;

constexpr std::uint64_t kMostRead = 1U << 20U;

void check(bool held)
{
    if (!held)
        std::abort();
}

bool leads_out(std::string_view path)
{
    while (!path.empty()) {
        auto const end = std::min(path.find('/'), path.size());
        auto const component = path.substr(0, end);
        if (component.empty() || component == "." || component == "..")
            return true;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return false;
}

void read_everything(Container const& container)
{
    std::string before;
    std::uint64_t read = 0;
    check(container
            .visit({},
                [&](Node const& node) {
                    check(!node.path.empty() && !leads_out(node.path));
                    check(before.empty() || path_before(before, node.path));
                    before = node.path;
                    check(container.find(node.path).has_value());
                    if (node.kind != EntryKind::file || read > kMostRead)
                        return true;
                    if (auto const source = container.open(node.path))
                        if (auto const content = read_all(**source, kMostRead))
                            read += content->bytes().size();
                    return true;
                })
            .has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Reads the input as a zip, as a tar and as a gzip-compressed tar. No name leads out, names are in order and
/// come once, and what is listed can be looked up.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const archive = std::make_shared<MemorySource>(std::as_bytes(std::span { data, size }));
    if (auto const zip = ZipContainer::open_zip(archive))
        read_everything(**zip);
    for (auto const compression : { Compression::none, Compression::gzip })
        if (auto const tar = TarContainer::open_tar(archive, compression, {}))
            read_everything(**tar);
    return 0;
}
