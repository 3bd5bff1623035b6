#include "base/source.hpp"
#include "formats/media/kind.hpp"
#include "formats/media/pdf.hpp"
#include "formats/media/prefix_code.hpp"
#include "formats/media/tail.hpp"
#include "formats/media/tiff.hpp"
#include "formats/media/truetype.hpp"
#include "formats/media/vp8l.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

using namespace exhibit;

void require(bool good)
{
    if (!good)
        std::abort();
}

void check_pdf(Bytes bytes)
{
    media::PdfLimits limits;
    limits.streams = 200;
    limits.looked_at = 8U << 20U;
    limits.unpacked = 1U << 20U;
    limits.unpacked_in_all = 4U << 20U;
    auto const shape = media::read_pdf_shape(bytes, limits);
    if (!shape)
        return;
    require(shape->streams <= limits.streams);
    require(shape->jbig2_streams <= shape->streams);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const*, std::size_t);

/// Every check of the structure of media, on any bytes: they are files that somebody unknown has sent.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    auto const bytes = std::as_bytes(std::span { data, size });
    (void)media::kind_of(bytes);
    check_pdf(bytes);
    if (auto const shape = media::read_vp8l_shape(bytes))
        require(shape->largest_need <= 5U * (256U + 2328U * 128U));
    if (auto const programs = media::read_font_programs(bytes))
        require(programs->adjust <= programs->instructions);
    MemorySource const source { bytes };
    (void)media::read_tiff_shape(source);
    if (auto const program = media::find_program(source, 0))
        require(*program + 64 <= size);
    if (auto const archive = media::find_appended_archive(source))
        require(archive->offset > 0 && archive->offset < size);
    return 0;
}
