#include "support/plist_builder.hpp"

#include <map>

namespace exhibit::test {
namespace {

constexpr char kTwoBytes = '\x81';
constexpr char kFourBytes = '\x82';
constexpr char kNew = '\x84';
constexpr char kNil = '\x85';
constexpr char kEnd = '\x86';
constexpr std::int64_t kFirstReference = -110;

class TypedStreamWriter {
public:
    TypedStreamWriter()
    {
        m_out = std::string { "\x04\x0B", 2 } + "streamtyped";
        integer(1000);
    }

    void integer(std::int64_t value)
    {
        if (value >= kFirstReference && value <= 127) {
            m_out += static_cast<char>(value);
        } else if (value >= -0x8000 && value <= 0xFFFF) {
            m_out += kTwoBytes;
            little(value, 2);
        } else {
            m_out += kFourBytes;
            little(value, 4);
        }
    }

    void raw(char byte) { m_out += byte; }

    void unshared(std::string_view bytes)
    {
        integer(static_cast<std::int64_t>(bytes.size()));
        m_out += bytes;
    }

    void shared(std::string_view text)
    {
        auto const [place, fresh]
            = m_shared.try_emplace(std::string { text }, static_cast<std::int64_t>(m_shared.size()));
        if (!fresh) {
            integer(place->second + kFirstReference);
            return;
        }
        m_out += kNew;
        unshared(text);
    }

    /// Starts a group of values of these types.
    void types(std::string_view encoding) { shared(encoding); }

    /// Starts an object; its number. `classes`: from the class itself to its root.
    std::int64_t begin(std::vector<std::pair<std::string, int>> const& classes)
    {
        m_out += kNew;
        auto const number = m_objects++;
        for (auto const& [name, version] : classes) {
            if (auto const known = m_classes.find(name); known != m_classes.end()) {
                integer(known->second + kFirstReference);
                return number;
            }
            m_out += kNew;
            shared(name);
            integer(version);
            m_classes.emplace(name, m_objects++);
        }
        m_out += kNil;
        return number;
    }
    void end() { m_out += kEnd; }

    void reference(std::int64_t object) { integer(object + kFirstReference); }

    void c_string(std::string_view text)
    {
        m_out += kNew;
        ++m_objects;
        shared(text);
    }

    std::int64_t string(std::string_view text)
    {
        auto const number = begin({ { "NSString", 1 }, { "NSObject", 0 } });
        types("+");
        unshared(text);
        end();
        return number;
    }

    std::string finish() { return std::move(m_out); }

private:
    void little(std::int64_t value, unsigned width)
    {
        for (unsigned i = 0; i != width; ++i)
            m_out += static_cast<char>(static_cast<std::uint64_t>(value) >> (i * 8) & 0xFFU);
    }

    std::string m_out;
    std::map<std::string, std::int64_t> m_shared;
    std::map<std::string, std::int64_t> m_classes;
    std::int64_t m_objects = 0;
};

std::size_t utf16_length(std::string_view text)
{
    std::size_t units = 0;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        units += (byte & 0xC0U) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
    }
    return units;
}

/// Keys are the same object in every run, as constant strings are on a phone.
class Body {
public:
    explicit Body(std::string_view text)
    {
        m_writer.types("@");
        m_writer.begin({ { "NSAttributedString", 0 }, { "NSObject", 0 } });
        m_writer.types("@");
        m_writer.string(text);
    }

    void add_run(std::size_t length, std::string const* url)
    {
        m_writer.types("iI");
        m_writer.integer(++m_runs);
        m_writer.integer(static_cast<std::int64_t>(length));
        m_writer.types("@");
        m_writer.begin({ { "NSDictionary", 0 }, { "NSObject", 0 } });
        m_writer.types("i");
        m_writer.integer(url ? 2 : 1);
        add_key("__kIMMessagePartAttributeName");
        m_writer.types("@");
        m_writer.begin({ { "NSNumber", 0 }, { "NSValue", 0 }, { "NSObject", 0 } });
        m_writer.types("*");
        m_writer.c_string("i");
        m_writer.types("i");
        m_writer.integer(0);
        m_writer.end();
        if (url)
            add_link(*url);
        m_writer.end();
    }

    std::string finish()
    {
        m_writer.end();
        return m_writer.finish();
    }

private:
    void add_key(std::string const& name)
    {
        m_writer.types("@");
        if (auto const known = m_keys.find(name); known != m_keys.end())
            m_writer.reference(known->second);
        else
            m_keys.emplace(name, m_writer.string(name));
    }

    void add_link(std::string const& url)
    {
        add_key("__kIMLinkAttributeName");
        m_writer.types("@");
        m_writer.begin({ { "NSURL", 0 }, { "NSObject", 0 } });
        m_writer.types("c");
        m_writer.raw('\0');
        m_writer.types("@");
        m_writer.string(url);
        m_writer.end();
    }

    TypedStreamWriter m_writer;
    std::map<std::string, std::int64_t> m_keys;
    std::int64_t m_runs = 0;
};

} // namespace

std::string attributed_body(std::string_view text, std::vector<BodyLink> const& links)
{
    Body body { text };
    std::size_t at = 0;
    for (auto const& link : links) {
        if (link.start > at)
            body.add_run(link.start - at, nullptr);
        body.add_run(link.length, &link.url);
        at = link.start + link.length;
    }
    if (auto const length = utf16_length(text); length > at)
        body.add_run(length - at, nullptr);
    return body.finish();
}

} // namespace exhibit::test
