#pragma once

#include "base/byte_stream.hpp"

#include <memory>

struct archive;

namespace exhibit {

/// Unpacks zstd, xz, bzip2 and lz4 from front to back, with libarchive.
class FilterStream final : public ByteStream {
public:
    static Result<std::unique_ptr<FilterStream>> open_filter(Source const& packed);

    /// `malformed` for damaged data, `truncated` where it ends early.
    Result<std::size_t> read(std::span<std::byte> into) override;

    struct Input;
    struct Close {
        void operator()(archive* reader) const;
    };
    explicit FilterStream(std::unique_ptr<Input> input);
    ~FilterStream() override;

private:
    std::unique_ptr<Input> m_input;
    std::unique_ptr<archive, Close> m_reader;
};

} // namespace exhibit
