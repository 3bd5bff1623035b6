#include "formats/media/kind.hpp"

#include "base/text.hpp"
#include "formats/media/pdf.hpp"

#include <algorithm>
#include <array>

namespace exhibit::media {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::string_view, 19> kNames { "unknown", "gif", "png", "jpeg", "webp", "heif", "tiff",
    "pdf", "psd", "zip", "font", "elf", "mach_o", "video", "audio", "property_list", "database", "text",
    "jbig2" };

struct Magic {
    std::string_view bytes;
    Kind kind;
};
constexpr std::array kMagics {
    Magic { "GIF8"sv, Kind::gif },
    Magic { "\x89PNG\r\n"sv, Kind::png },
    Magic { "\xFF\xD8\xFF"sv, Kind::jpeg },
    Magic { "II*\0"sv, Kind::tiff },
    Magic { "MM\0*"sv, Kind::tiff },
    Magic { "%PDF"sv, Kind::pdf },
    Magic { "8BPS"sv, Kind::psd },
    Magic { "PK\3\4"sv, Kind::zip },
    Magic { "\0\1\0\0"sv, Kind::font },
    Magic { "OTTO"sv, Kind::font },
    Magic { "true"sv, Kind::font },
    Magic { "ttcf"sv, Kind::font },
    Magic { "\x7f"
            "ELF"sv,
        Kind::elf },
    Magic { "\xCF\xFA\xED\xFE"sv, Kind::mach_o },
    Magic { "\xCA\xFE\xBA\xBE"sv, Kind::mach_o },
    Magic { "ID3"sv, Kind::audio },
    Magic { "caff"sv, Kind::audio },
    Magic { "#!AMR"sv, Kind::audio },
    Magic { "OggS"sv, Kind::audio },
    Magic { "bplist00"sv, Kind::property_list },
    Magic { "SQLite format 3\0"sv, Kind::database },
    Magic { "BEGIN:"sv, Kind::text },
    Magic { "\x97JB2"sv, Kind::jbig2 },
};

struct Ending {
    std::string_view ending; ///< lower case
    std::span<Kind const> kinds;
};
// Programs rename pictures freely among the kinds that every viewer knows; only what is none of them counts.
constexpr std::array kPictures { Kind::gif, Kind::png, Kind::jpeg, Kind::webp, Kind::heif, Kind::tiff };
constexpr std::array kPdf { Kind::pdf };
constexpr std::array kZip { Kind::zip };
constexpr std::array kVideo { Kind::video };
constexpr std::array kAudio { Kind::audio, Kind::video };
constexpr std::array kFont { Kind::font };
constexpr std::array kEndings {
    Ending { ".gif", kPictures },
    Ending { ".png", kPictures },
    Ending { ".jpg", kPictures },
    Ending { ".jpeg", kPictures },
    Ending { ".jpe", kPictures },
    Ending { ".jfif", kPictures },
    Ending { ".webp", kPictures },
    Ending { ".heic", kPictures },
    Ending { ".heif", kPictures },
    Ending { ".tif", kPictures },
    Ending { ".tiff", kPictures },
    Ending { ".dng", kPictures },
    Ending { ".pdf", kPdf },
    Ending { ".zip", kZip },
    Ending { ".pkpass", kZip },
    Ending { ".pkpasses", kZip },
    Ending { ".watchface", kZip },
    Ending { ".mov", kVideo },
    Ending { ".mp4", kVideo },
    Ending { ".m4v", kVideo },
    Ending { ".m4a", kAudio },
    Ending { ".caf", kAudio },
    Ending { ".amr", kAudio },
    Ending { ".ttf", kFont },
    Ending { ".otf", kFont },
};

/// `....ftypXXXX`: pictures and videos of one family, told apart by their brand.
Kind kind_of_brand(std::string_view brand)
{
    for (auto const picture : { "heic"sv, "heix"sv, "heim"sv, "hevc"sv, "mif1"sv, "msf1"sv, "avif"sv })
        if (brand == picture)
            return Kind::heif;
    return brand.starts_with("M4A") ? Kind::audio : Kind::video;
}

} // namespace

std::string_view name_of(Kind kind)
{
    return kNames[static_cast<std::size_t>(kind)];
}

Kind kind_of(Bytes head)
{
    auto const text = as_text(head);
    for (auto const& magic : kMagics)
        if (text.starts_with(magic.bytes))
            return magic.kind;
    if (text.starts_with("RIFF") && text.size() >= 12)
        return text.substr(8, 4) == "WEBP" ? Kind::webp
            : text.substr(8, 4) == "WAVE"  ? Kind::audio
                                           : Kind::video;
    if (text.size() >= 12 && text.substr(4, 4) == "ftyp")
        return kind_of_brand(text.substr(8, 4));
    return is_pdf(head) ? Kind::pdf : Kind::unknown;
}

bool is_picture(Kind kind)
{
    return std::ranges::find(kPictures, kind) != kPictures.end();
}

std::span<Kind const> kinds_by_name(std::string_view file_name)
{
    auto const dot = file_name.rfind('.');
    if (dot == std::string_view::npos || file_name.size() - dot > 12)
        return {};
    auto const ending = to_lower(file_name.substr(dot));
    for (auto const& one : kEndings)
        if (one.ending == ending)
            return one.kinds;
    return {};
}

} // namespace exhibit::media
