#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <map>

namespace exhibit::media {

/// Adds up the symbols that the segments of JBIG2 data (ISO/IEC 14492, as embedded in PDF: without a file
/// header) refer to. A reader that counts them in 32 bits, as that of CVE-2021-30860 did, allots too little
/// when the sum is larger.
class Jbig2Symbols {
public:
    Jbig2Symbols() = default;
    /// For a stream that may refer to dictionaries of a global one, which was read and must outlive this.
    explicit Jbig2Symbols(Jbig2Symbols const* global)
        : m_global(global)
    {
    }

    /// Reads the segments of one stream. Stops at damage.
    Result<void> read(Bytes stream);

    [[nodiscard]] std::uint64_t segments() const { return m_segments; }
    /// The largest sum that one segment refers to.
    [[nodiscard]] std::uint64_t largest_sum() const { return m_largest; }
    [[nodiscard]] bool overflows() const { return m_largest > UINT32_MAX; }

private:
    Result<bool> read_segment(Reader& reader);
    [[nodiscard]] std::uint32_t symbols_of(std::uint32_t segment) const;

    Jbig2Symbols const* m_global = nullptr;
    std::map<std::uint32_t, std::uint32_t> m_dictionaries; ///< symbols that each exports, by segment
    std::uint64_t m_segments = 0;
    std::uint64_t m_largest = 0;
};

} // namespace exhibit::media
