#pragma once

#include "formats/protobuf/wire.hpp"

#include <array>
#include <cstddef>
#include <string>

/// Messages whose schema is not known, or only in part.
namespace exhibit::protobuf {

/// What the bytes of a field most likely are. The wire format does not tell text from a nested message.
enum class Guess : std::uint8_t { number, text, message, bytes };

Guess guess(Field const& field);

/// Whether the bytes of a field are printable UTF-8; some messages are, too.
bool is_text(Field const& field);

/// Whether the bytes of a field can be read as a message to their end, with field numbers that are likely.
bool can_be_message(Field const& field);

/// Where a field stands: the numbers of the fields it lies in, and its own.
class FieldPath {
public:
    static constexpr std::size_t kDeepest = 12;

    /// False when it would be too deep.
    [[nodiscard]] bool enter(std::uint32_t number)
    {
        if (m_depth == kDeepest)
            return false;
        m_numbers[m_depth++] = number;
        return true;
    }
    void leave() { --m_depth; }
    [[nodiscard]] std::span<std::uint32_t const> numbers() const
    {
        return std::span { m_numbers }.first(m_depth);
    }

private:
    std::array<std::uint32_t, kDeepest> m_numbers {};
    std::size_t m_depth = 0;
};

/// Writes values one a line, as `4/3=text`; of bytes that are neither text nor a message only how many there
/// are, unless they are few. What does not fit below the limit is left out, and `cut` says so.
class Outline {
public:
    explicit Outline(std::size_t most)
        : m_most(most)
    {
    }

    void add(FieldPath const& path, Field const& field, Guess what);
    [[nodiscard]] std::string const& text() const { return m_text; }
    [[nodiscard]] bool cut() const { return m_cut; }

private:
    std::string m_text;
    std::size_t m_most;
    bool m_cut = false;
};

} // namespace exhibit::protobuf
