#pragma once

#include "base/result.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace exhibit {

using Bytes = std::span<std::byte const>;

inline std::string_view as_text(Bytes bytes)
{
    return { reinterpret_cast<char const*>(bytes.data()), bytes.size() };
}

inline Bytes as_bytes(std::string_view text)
{
    return std::as_bytes(std::span { text });
}

/// A cursor over bytes that came from evidence. Every read is checked once, here; nothing else
/// in the code base turns an offset into a pointer. A failed read leaves the cursor in place.
class Reader {
public:
    explicit Reader(Bytes bytes, std::uint64_t base = 0)
        : m_bytes(bytes)
        , m_base(base)
    {
    }

    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_at; }
    [[nodiscard]] std::uint64_t offset() const { return m_base + m_at; }
    [[nodiscard]] Bytes rest() const { return m_bytes.subspan(m_at); }

    Result<Bytes> take(std::size_t count)
    {
        if (count > left()) // Never `m_at + count > size`: that sum can wrap.
            return fail(Fault::truncated, "field runs past the end", offset());
        auto const taken = m_bytes.subspan(m_at, count);
        m_at += count;
        return taken;
    }

    Result<void> skip(std::size_t count)
    {
        EXHIBIT_TRY(take(count));
        return {};
    }

    /// Moves to `at`, counted from the first byte of the data.
    Result<void> seek(std::size_t at)
    {
        if (at > m_bytes.size())
            return fail(Fault::truncated, "offset lies past the end", m_base + at);
        m_at = at;
        return {};
    }

    template<std::unsigned_integral T> Result<T> little() { return number<T, std::endian::little>(); }
    template<std::unsigned_integral T> Result<T> big() { return number<T, std::endian::big>(); }

    /// Reads an element count and refuses one that the remaining bytes could not hold, so that
    /// `reserve(count)` is always safe.
    template<std::unsigned_integral T> Result<std::size_t> count_of(std::size_t smallest_item)
    {
        auto const at = offset();
        auto const count = EXHIBIT_TRY(little<T>());
        if (count > left() / smallest_item)
            return fail(Fault::malformed, "count is larger than the data", at);
        return static_cast<std::size_t>(count);
    }

    Result<std::string_view> text(std::size_t count) { return as_text(EXHIBIT_TRY(take(count))); }

private:
    template<std::unsigned_integral T, std::endian Order> Result<T> number()
    {
        auto const raw = EXHIBIT_TRY(take(sizeof(T)));
        T value;
        std::memcpy(&value, raw.data(), sizeof value);
        if constexpr (std::endian::native != Order)
            value = std::byteswap(value);
        return value;
    }

    Bytes m_bytes;
    std::size_t m_at = 0;
    std::uint64_t m_base = 0;
};

} // namespace exhibit
