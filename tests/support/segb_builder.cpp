#include "support/segb_builder.hpp"

#include "base/bytes.hpp"
#include "formats/gzip/inflate.hpp"

#include <bit>
#include <cctype>
#include <stdexcept>

namespace exhibit::test {
namespace {

template<typename T> std::string little(T value)
{
    std::string out;
    for (std::size_t i = 0; i != sizeof value; ++i)
        out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
    return out;
}

std::string little_real(double value)
{
    return little(std::bit_cast<std::uint64_t>(value));
}

void pad(std::string& text, std::size_t alignment)
{
    text.resize((text.size() + alignment - 1) / alignment * alignment);
}

std::uint32_t checksum(SegbRecord const& record)
{
    return crc32_of(as_bytes(record.payload)) ^ (record.right_checksum ? 0U : 1U);
}

std::string varint(std::uint64_t value)
{
    std::string out;
    for (; value >= 0x80; value >>= 7U)
        out += static_cast<char>(value | 0x80U);
    return out + static_cast<char>(value);
}

class Tokens {
public:
    explicit Tokens(std::string_view text)
        : m_text(text)
    {
        advance();
    }

    [[nodiscard]] std::string const& peek() const { return m_token; }
    std::string take()
    {
        auto taken = m_token;
        advance();
        return taken;
    }

private:
    void advance()
    {
        while (m_at != m_text.size() && (std::isspace(m_text[m_at]) != 0 || m_text[m_at] == '#'))
            m_at = m_text[m_at] == '#' ? std::min(m_text.find('\n', m_at), m_text.size()) : m_at + 1;
        m_token.clear();
        bool const quoted = m_at != m_text.size() && m_text[m_at] == '"';
        while (m_at != m_text.size()) {
            char c = m_text[m_at];
            if (!quoted && std::isspace(c) != 0)
                return;
            ++m_at;
            if (quoted && c == '"' && !m_token.empty())
                return;
            if (quoted && c == '\\')
                c = m_text[m_at++] == 'n' ? '\n' : m_text[m_at - 1];
            m_token += c;
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_token; ///< text with its first quote
};

std::string from_hex(std::string const& digits)
{
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return out;
}

std::string counted(std::uint64_t number, std::string const& bytes)
{
    return varint(number << 3U | 2U) + varint(bytes.size()) + bytes;
}

std::string message(Tokens& tokens)
{
    std::string out;
    while (tokens.peek().ends_with(':')) {
        std::uint64_t const number = std::stoull(tokens.take());
        auto const value = tokens.take();
        if (value == "{") {
            out += counted(number, message(tokens));
            if (tokens.take() != "}")
                throw std::runtime_error("a message in a fixture has no end");
        } else if (value == "hex") {
            out += counted(number, from_hex(tokens.take()));
        } else if (value.starts_with('"')) {
            out += counted(number, value.substr(1));
        } else if (value.find('.') != std::string::npos) {
            out += varint(number << 3U | 1U) + little_real(std::stod(value));
        } else {
            out += varint(number << 3U) + varint(static_cast<std::uint64_t>(std::stoll(value)));
        }
    }
    return out;
}

SegbRecord record(Tokens& tokens)
{
    SegbRecord one;
    auto const kind = tokens.take();
    if (kind == "deleted")
        one.state = 3;
    else if (kind == "stale")
        one.right_checksum = false;
    else if (kind == "state")
        one.state = std::stoi(tokens.take());
    else if (kind != "written")
        throw std::runtime_error("no record in a fixture: " + kind);
    one.written = std::stod(tokens.take());
    if (tokens.peek() == "zeros") {
        tokens.take();
        one.payload.resize(std::stoull(tokens.take()));
        one.right_checksum = false;
    } else {
        one.payload = message(tokens);
    }
    return one;
}

} // namespace

std::string segb_version_1(std::vector<SegbRecord> const& records)
{
    std::string body;
    for (auto const& one : records) {
        body += little(static_cast<std::uint32_t>(one.payload.size()));
        body += little(static_cast<std::uint32_t>(one.state));
        body += little_real(one.written) + little_real(one.second.value_or(one.written));
        body += little(checksum(one)) + little(std::uint32_t { 0 }) + one.payload;
        pad(body, 8);
    }
    constexpr std::size_t header = 56;
    auto file = little(static_cast<std::uint32_t>(header + body.size()));
    file.resize(header - 4);
    return file + "SEGB" + body;
}

std::string segb_version_2(std::vector<SegbRecord> const& records, double created)
{
    std::string body;
    std::string list;
    for (auto const& one : records) {
        body += little(checksum(one)) + little(std::uint32_t { 0 }) + one.payload;
        list += little(static_cast<std::uint32_t>(body.size()));
        list += little(static_cast<std::uint32_t>(one.state)) + little_real(one.written);
        pad(body, 4);
    }
    auto file = "SEGB" + little(static_cast<std::uint32_t>(records.size())) + little_real(created);
    file.resize(32);
    return file + body + list;
}

std::string protobuf_from_text(std::string_view text)
{
    Tokens tokens { text };
    return message(tokens);
}

std::string segb_from_text(std::string_view text)
{
    Tokens tokens { text };
    std::vector<SegbRecord> records;
    std::string version = "2";
    double created = 0;
    while (!tokens.peek().empty())
        if (tokens.peek() == "version") {
            tokens.take();
            version = tokens.take();
        } else if (tokens.peek() == "created") {
            tokens.take();
            created = std::stod(tokens.take());
        } else {
            records.push_back(record(tokens));
        }
    return version == "1" ? segb_version_1(records) : segb_version_2(records, created);
}

} // namespace exhibit::test
