#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <memory>

namespace exhibit::age {

/// The most bytes that are looked at for the first line of the armor: white space may stand before it.
constexpr std::size_t kArmorHead = 2048;

/// Whether the text begins with the first line of the armor, after white space alone.
bool is_armored(Bytes head);

/// The bytes of an encrypted file that is written as text, decoded where they are read. Strict, as the
/// specification asks (RFC 7468, figure 3): lines of 64 letters with one kind of line end, the last one
/// shorter, nothing but white space around. A line that breaks that is `malformed` when it is read.
class ArmorSource final : public Source {
public:
    /// `truncated` when the last line of the armor is missing.
    static Result<std::unique_ptr<Source>> open(std::unique_ptr<Source> file);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    ArmorSource(std::unique_ptr<Source> file, std::uint64_t begin, std::size_t line_end);

    Result<void> measure(std::uint64_t end);
    [[nodiscard]] Result<std::vector<std::byte>> decode_lines(std::uint64_t first, std::uint64_t count) const;

    std::unique_ptr<Source> m_file;
    std::uint64_t m_begin; ///< where the first line of letters begins
    std::size_t m_line_end; ///< bytes that end a line: 1 or 2
    std::uint64_t m_lines = 0;
    std::size_t m_last_line = 0; ///< letters of the last line
    std::uint64_t m_size = 0;
};

} // namespace exhibit::age
