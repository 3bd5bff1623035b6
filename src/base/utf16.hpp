#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exhibit {

/// The order of bytes that a text in UTF-16 states at its beginning; nothing for other texts. Windows' shell
/// saves what a program prints so.
std::optional<std::endian> utf16_order(Bytes head);

/// A text or its beginning in UTF-8: converted where its first bytes say that it is UTF-16, and without a
/// byte order mark. What is no character becomes U+FFFD.
std::string to_utf8(std::string text);

/// A text in UTF-16 as a source of UTF-8, without its byte order mark. Nothing is kept but where each part
/// begins; a part is converted when it is read. Offsets count bytes of the UTF-8.
class Utf16Source final : public Source {
public:
    /// Reads the text once.
    static Result<std::unique_ptr<Utf16Source>> open(std::shared_ptr<Source const> text);

    [[nodiscard]] std::uint64_t size() const override { return m_starts.back(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    Utf16Source(std::shared_ptr<Source const> text, std::endian order)
        : m_text(std::move(text))
        , m_order(order)
    {
    }

    [[nodiscard]] Result<std::string> part(std::uint64_t number) const;

    std::shared_ptr<Source const> m_text;
    std::endian m_order;
    std::vector<std::uint64_t> m_starts { 0 }; ///< of each part in the UTF-8, and the end of the last
};

/// Where a text in UTF-8 stands: in the source itself, or in what it was converted to.
struct FoundText {
    std::uint64_t begin = 0; ///< behind a byte order mark
    std::unique_ptr<Source const> converted; ///< of a source in UTF-16, which it borrows
};
Result<FoundText> find_text(Source const& source);

/// The text as it is, or as UTF-8 where it is UTF-16.
Result<std::shared_ptr<Source const>> in_utf8(std::shared_ptr<Source const> text);

} // namespace exhibit
