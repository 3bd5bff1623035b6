#include "formats/webkit_cache/webkit_cache.hpp"

#include "base/text.hpp"
#include "formats/crypto/digest.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

namespace exhibit::webkit_cache {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kDigest = 20;

/// What the checksum counts before each field, by its type.
enum class Salt : std::uint8_t { flag = 3, u32 = 11, u64 = 13, i64 = 19, real = 29, bytes = 101 };

/// Fields one after another, without padding, and what their checksum is made of.
class Fields {
public:
    explicit Fields(Bytes bytes)
        : m_reader(bytes)
    {
    }

    Result<Bytes> take(std::size_t count, Salt salt)
    {
        auto const bytes = EXHIBIT_TRY(m_reader.take(count));
        m_summed += static_cast<char>(salt);
        m_summed.append(3, '\0');
        m_summed += as_text(bytes);
        return bytes;
    }

    template<typename T> Result<T> number(Salt salt)
    {
        auto const bytes = EXHIBIT_TRY(take(sizeof(T), salt));
        return Reader { bytes }.little<T>();
    }

    /// Length, whether each character is one byte, characters: of Latin-1 or UTF-16.
    Result<std::string> text()
    {
        constexpr std::uint32_t none = 0xFFFFFFFF;
        auto const length = EXHIBIT_TRY(number<std::uint32_t>(Salt::u32));
        if (length == none)
            return std::string {};
        bool const narrow = EXHIBIT_TRY(number<std::uint8_t>(Salt::flag)) != 0;
        auto const bytes
            = as_text(EXHIBIT_TRY(take(narrow ? length : std::size_t { length } * 2, Salt::bytes)));
        if (!narrow)
            return from_utf16le(bytes);
        std::string text;
        text.reserve(bytes.size());
        for (char const c : bytes)
            append_utf8(text, static_cast<unsigned char>(c));
        return text;
    }

    Result<Key> key(bool with_partition_hash)
    {
        Key key;
        key.partition = EXHIBIT_TRY(text());
        key.type = EXHIBIT_TRY(text());
        key.identifier = EXHIBIT_TRY(text());
        key.range = EXHIBIT_TRY(text());
        EXHIBIT_TRY(hashes(with_partition_hash));
        return key;
    }

    /// Of the key, and of its partition.
    Result<void> hashes(bool with_partition_hash)
    {
        EXHIBIT_TRY(take(kDigest, Salt::bytes));
        if (with_partition_hash)
            EXHIBIT_TRY(take(kDigest, Salt::bytes));
        return {};
    }

    Result<double> time() { return std::bit_cast<double>(EXHIBIT_TRY(number<std::uint64_t>(Salt::real))); }

    /// Whether the checksum that follows is that of the fields before it.
    Result<bool> checks()
    {
        auto const expected = sha1(as_bytes(m_summed));
        return std::ranges::equal(EXHIBIT_TRY(m_reader.take(kDigest)), expected);
    }

    [[nodiscard]] Bytes rest() const { return m_reader.rest(); }
    [[nodiscard]] std::size_t offset() const { return m_reader.offset(); }

private:
    Reader m_reader;
    std::string m_summed;
};

struct Form {
    bool has_partition_hash;
    bool has_real_times;
};
constexpr std::array kForms { Form { true, true }, Form { false, true }, Form { true, false },
    Form { false, false } };

Result<double> read_time(Fields& fields, Form form)
{
    if (form.has_real_times)
        return fields.time();
    constexpr double per_second = 1000;
    auto const millis = std::bit_cast<std::int64_t>(EXHIBIT_TRY(fields.number<std::uint64_t>(Salt::i64)));
    return static_cast<double>(millis) / per_second;
}

/// Nothing where the checksum does not fit.
Result<std::optional<Record>> read_as(Bytes content, Form form)
{
    Fields fields { content };
    Record record;
    record.has_partition_hash = form.has_partition_hash;
    record.has_real_times = form.has_real_times;
    record.version = EXHIBIT_TRY(fields.number<std::uint32_t>(Salt::u32));
    record.key = EXHIBIT_TRY(fields.key(form.has_partition_hash));
    record.stored = EXHIBIT_TRY(read_time(fields, form));
    EXHIBIT_TRY(fields.take(kDigest, Salt::bytes)); // of the header
    auto const header_size = EXHIBIT_TRY(fields.number<std::uint64_t>(Salt::u64));
    EXHIBIT_TRY(fields.take(kDigest, Salt::bytes)); // of the body
    record.body_size = EXHIBIT_TRY(fields.number<std::uint64_t>(Salt::u64));
    record.body_inline = EXHIBIT_TRY(fields.number<std::uint8_t>(Salt::flag)) != 0;
    if (!EXHIBIT_TRY(fields.checks()))
        return std::optional<Record> {};
    auto const rest = fields.rest();
    record.header = rest.first(std::min<std::uint64_t>(header_size, rest.size()));
    if (record.body_inline) {
        auto const behind = rest.subspan(record.header.size());
        record.body = behind.first(std::min<std::uint64_t>(record.body_size, behind.size()));
    }
    return std::optional { std::move(record) };
}

struct FoundPart {
    Part part;
    std::size_t end = 0; ///< in the header
};

/// The part whose key has its type at `mark`; before it stands the text of its partition, whose beginning
/// cannot be found from there.
Result<FoundPart> part_at(Record const& record, std::size_t mark)
{
    constexpr std::size_t longest = 64U << 10U;
    auto const rest = record.header.subspan(mark);
    Fields fields { rest.first(std::min(longest, rest.size())) };
    FoundPart found;
    auto& part = found.part;
    part.key.type = EXHIBIT_TRY(fields.text());
    part.key.identifier = EXHIBIT_TRY(fields.text());
    if (!part.key.identifier.starts_with("http"))
        return fail(Fault::malformed, "a part of a page has no address");
    part.key.range = EXHIBIT_TRY(fields.text());
    EXHIBIT_TRY(fields.hashes(record.has_partition_hash));
    if (record.has_real_times) {
        part.last_seen = EXHIBIT_TRY(fields.time());
        part.first_seen = EXHIBIT_TRY(fields.time());
    }
    found.end = record.header.size() - rest.size() + fields.offset();
    return found;
}

} // namespace

Result<Record> read(Bytes content)
{
    for (auto const form : kForms)
        if (auto record = read_as(content, form); record && *record)
            return **std::move(record);
    return fail(Fault::unsupported, "the record of the cache is damaged, or of a form that is not known");
}

Parts parts_of(Record const& record)
{
    constexpr auto mark = "\x08\0\0\0\1Resource"sv;
    constexpr unsigned most_bad = 100; // Each may cost as much as the longest part.
    Parts found;
    unsigned bad = 0;
    auto const text = as_text(record.header);
    for (auto at = text.find(mark); at != text.npos && !found.cut;) {
        auto part = part_at(record, at);
        found.cut = !part && ++bad == most_bad;
        at = text.find(mark, part ? part->end : at + mark.size());
        if (part)
            found.parts.push_back(std::move(part->part));
    }
    return found;
}

} // namespace exhibit::webkit_cache
