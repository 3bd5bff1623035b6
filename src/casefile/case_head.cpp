#include "casefile/case_head.hpp"

#include "base/bytes.hpp"
#include "casefile/schema.hpp"

#include <array>
#include <fstream>
#include <string_view>

namespace exhibit::casefile {
namespace {

using namespace std::string_view_literals;

// https://www.sqlite.org/fileformat.html, section 1.3
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kPageSizeAt = 16;
constexpr std::size_t kChangesAt = 24;
constexpr std::size_t kPageCountAt = 28;
constexpr std::size_t kVersionAt = 60;
constexpr std::size_t kApplicationAt = 68;
constexpr std::size_t kPageCountValidForAt = 92;

template<typename T> T number_at(Bytes header, std::size_t at)
{
    return Reader { header.subspan(at) }.big<T>().value_or(0);
}

std::uint64_t stated_size(Bytes header)
{
    // Old programs left the count as it was when they changed a database.
    if (number_at<std::uint32_t>(header, kChangesAt)
        != number_at<std::uint32_t>(header, kPageCountValidForAt))
        return 0;
    std::uint64_t const page = number_at<std::uint16_t>(header, kPageSizeAt);
    return (page == 1 ? 65536 : page) * number_at<std::uint32_t>(header, kPageCountAt);
}

} // namespace

std::optional<CaseHead> read_case_head(std::filesystem::path const& path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return std::nullopt;
    auto const size = std::filesystem::file_size(path, error);
    std::array<char, kHeaderSize> text {};
    std::ifstream file { path, std::ios::binary };
    if (error || !file.read(text.data(), text.size()))
        return std::nullopt;
    auto const header = as_bytes({ text.data(), text.size() });
    if (!as_text(header).starts_with("SQLite format 3\0"sv)
        || number_at<std::uint32_t>(header, kApplicationAt) != std::uint32_t { kApplicationId })
        return std::nullopt;
    return CaseHead { stated_size(header), size, number_at<std::uint32_t>(header, kVersionAt) };
}

} // namespace exhibit::casefile
