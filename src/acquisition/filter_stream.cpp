#include "acquisition/filter_stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <vector>

namespace exhibit {

/// What libarchive reads from.
struct FilterStream::Input {
    Source const& packed;
    std::uint64_t offset = 0;
    std::vector<std::byte> buffer = std::vector<std::byte>(128U << 10U);
};

namespace {

la_ssize_t read_input(archive* reader, void* data, void const** into)
{
    auto& input = *static_cast<FilterStream::Input*>(data);
    auto const count = input.packed.read_at(input.offset, input.buffer);
    if (!count) {
        archive_set_error(reader, EIO, "unreadable");
        return -1;
    }
    input.offset += *count;
    *into = input.buffer.data();
    return static_cast<la_ssize_t>(*count);
}

} // namespace

void FilterStream::Close::operator()(archive* reader) const
{
    archive_read_free(reader);
}

FilterStream::FilterStream(std::unique_ptr<Input> input)
    : m_input(std::move(input))
    , m_reader(archive_read_new())
{
}

FilterStream::~FilterStream() = default;

Result<std::unique_ptr<FilterStream>> FilterStream::open_filter(Source const& packed)
{
    auto stream = std::make_unique<FilterStream>(std::make_unique<Input>(Input { packed }));
    auto* const reader = stream->m_reader.get();
    if (reader == nullptr)
        return fail(Fault::io, "no memory to unpack an archive");
    // Not `all`: that would start other programs for rare compressions.
    archive_read_support_filter_zstd(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_lz4(reader);
    archive_read_support_format_raw(reader);
    archive_entry* entry = nullptr;
    if (archive_read_open(reader, stream->m_input.get(), nullptr, read_input, nullptr) != ARCHIVE_OK
        || archive_read_next_header(reader, &entry) != ARCHIVE_OK)
        return fail(Fault::malformed, "the archive's compression is damaged or unknown");
    return stream;
}

Result<std::size_t> FilterStream::read(std::span<std::byte> into)
{
    auto const count = archive_read_data(m_reader.get(), into.data(), into.size());
    if (count < 0)
        return fail(Fault::malformed, "the compressed archive is damaged or ends early", m_input->offset);
    return static_cast<std::size_t>(count);
}

} // namespace exhibit
