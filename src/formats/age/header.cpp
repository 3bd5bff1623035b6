#include "formats/age/header.hpp"

#include "base/base64.hpp"

#include <algorithm>

namespace exhibit::age {
namespace {

using namespace std::literals;

constexpr std::string_view kMagic = "age-encryption.org/v1\n";
constexpr std::size_t kLongestHeader = 256U << 10U;
constexpr std::size_t kMostStanzas = 1024;
constexpr std::size_t kBodyColumns = 64;

class HeaderReader {
public:
    explicit HeaderReader(std::string_view text)
        : m_text(text)
    {
    }

    Result<Header> read()
    {
        m_at = kMagic.size();
        Header header;
        for (;;) {
            auto const start = m_at;
            auto line = EXHIBIT_TRY(next());
            if (line.starts_with("---")) {
                header.authenticated = m_text.substr(0, start + 3);
                if (!line.starts_with("--- "))
                    return broken(start);
                auto const code = EXHIBIT_TRY(decode_base64(line.substr(4)));
                if (code.size() != header.code.size() || header.stanzas.empty())
                    return broken(start);
                std::ranges::copy(code, header.code.begin());
                header.payload = m_at;
                return header;
            }
            if (!line.starts_with("-> ") || header.stanzas.size() >= kMostStanzas)
                return broken(start);
            header.stanzas.push_back(EXHIBIT_TRY(stanza(line.substr(3))));
        }
    }

private:
    static std::unexpected<Error> broken(std::uint64_t at)
    {
        return fail(Fault::malformed, "the header of the encrypted file is damaged", at);
    }

    Result<std::string_view> next()
    {
        auto const end = m_text.find('\n', m_at);
        if (end == m_text.npos)
            return fail(Fault::truncated, "the header of the encrypted file ends early", m_at);
        auto const line = m_text.substr(m_at, end - m_at);
        m_at = end + 1;
        return line;
    }

    Result<Stanza> stanza(std::string_view line)
    {
        auto const at = m_at;
        Stanza stanza;
        for (bool first = true; first || !line.empty(); first = false) {
            auto const space = line.find(' ');
            auto const word = line.substr(0, space);
            bool const printable = std::ranges::all_of(word, [](char c) { return c > ' ' && c < '\x7F'; });
            if (word.empty() || !printable || space == line.size() - 1)
                return broken(at);
            if (first)
                stanza.type = word;
            else
                stanza.arguments.emplace_back(word);
            line.remove_prefix(space == line.npos ? line.size() : space + 1);
        }
        for (;;) {
            auto const body = EXHIBIT_TRY(next());
            if (body.size() > kBodyColumns)
                return broken(at);
            auto const bytes = EXHIBIT_TRY(decode_base64(body));
            stanza.body.insert(stanza.body.end(), bytes.begin(), bytes.end());
            if (body.size() < kBodyColumns) // The last line is always shorter, and may be empty.
                return stanza;
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

bool Header::asks_for_identity() const
{
    return std::ranges::any_of(stanzas, [](Stanza const& stanza) { return stanza.type == "X25519"; });
}

bool has_magic(Bytes head)
{
    return as_text(head).starts_with(kMagic.substr(0, kMagic.size() - 1));
}

Result<std::vector<std::byte>> decode_base64(std::string_view text)
{
    if (text.contains('='))
        return fail(Fault::malformed, "base64 with padding");
    return from_base64(text);
}

Result<Header> read_header(Source const& file)
{
    std::vector<std::byte> buffer(std::min<std::uint64_t>(file.size(), kLongestHeader));
    auto const count = EXHIBIT_TRY(file.read_at(0, buffer));
    auto const text = as_text(Bytes { buffer }.first(count));
    if (!text.starts_with(kMagic))
        return fail(Fault::malformed, "not a file encrypted with age");
    return HeaderReader { text }.read();
}

} // namespace exhibit::age
