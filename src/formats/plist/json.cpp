#include "formats/plist/json.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace exhibit::plist {
namespace {

// A list can be small and yet take long to walk, when many references lead to one large dictionary.
constexpr std::size_t kWorkPerByte = 16;
constexpr std::size_t kLeastWork = 1U << 16U;

std::string json_string(std::string_view text)
{
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out += '"';
}

std::string real_text(double value)
{
    if (std::isnan(value))
        return "\"NaN\"";
    if (std::isinf(value))
        return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return fmt::format("{}", value);
}

std::string date_text(Time const& time)
{
    if (time.utc)
        return json_string(to_iso(*time.utc));
    auto const* const seconds = std::get_if<double>(&time.raw);
    return seconds ? real_text(*seconds) : "null";
}

std::string integer_text(Value const& value)
{
    return value.as_digits().value_or("null");
}
std::string integer_text(Object const& object)
{
    return integer_text(object.stored());
}

/// A plain value as a whole; empty for a container.
template<typename Node> std::string scalar_text(Node const& node, Kind kind)
{
    switch (kind) {
    case Kind::boolean:
        return node.as_bool().value_or(false) ? "true" : "false";
    case Kind::integer:
        return integer_text(node);
    case Kind::real:
        return real_text(node.as_real().value_or(0));
    case Kind::date:
        if (auto const time = node.as_date())
            return date_text(*time);
        break;
    case Kind::data:
        if (auto const bytes = node.as_data())
            return json_string(to_base64(exhibit::as_text(*bytes)));
        break;
    case Kind::text:
        if (auto const text = node.as_text())
            return json_string(*text);
        break;
    default:
        break;
    }
    return "null";
}

template<typename Node> std::string key_text(Node const& key)
{
    if (auto text = key.as_text())
        return *std::move(text);
    auto const kind = key.kind();
    return kind == Kind::integer || kind == Kind::real || kind == Kind::boolean
        ? scalar_text(key, kind)
        : std::string { name_of(kind) };
}

class Writer {
public:
    explicit Writer(std::size_t most_bytes)
        : m_most(most_bytes)
        , m_work_left(std::max(kLeastWork, most_bytes * kWorkPerByte))
    {
    }

    Json finish() &&
    {
        if (m_text.empty())
            m_text = "null";
        return { std::move(m_text), m_complete };
    }

    // NOLINTBEGIN(misc-no-recursion): as deep as the list's or the archive's own allowance
    bool write(Value const& value)
    {
        if (!spend(value))
            return false;
        switch (value.kind()) {
        case Kind::array:
        case Kind::set:
            return write_container('[', ']', [&] {
                for (auto const& element : value.elements())
                    if (!write_item("", element))
                        return;
            });
        case Kind::dictionary:
            return write_container('{', '}', [&] {
                for (auto const& [key, content] : value.entries())
                    if (!write_item(json_string(key_text(key)) + ':', content))
                        return;
            });
        case Kind::uid:
            return put(fmt::format("{{\"CF$UID\":{}}}", value.as_uid().value_or(0)));
        default:
            return write_scalar(value, value.kind());
        }
    }

    bool write(Object const& object)
    {
        if (!spend(object.stored()))
            return false;
        auto const kind = object.kind();
        switch (kind) {
        case Kind::array:
        case Kind::set:
            return write_container('[', ']', [&] {
                for (auto const& element : object.elements())
                    if (!write_item("", element))
                        return;
            });
        case Kind::dictionary:
            return write_container('{', '}', [&] { write_members(object); });
        default:
            return write_scalar(object, kind);
        }
    }

private:
    /// Counts the steps that looking at a value takes. False when there are none left.
    bool spend(Value const& value)
    {
        auto const cost = value.size() + 1;
        if (cost > m_work_left)
            return stop();
        m_work_left -= cost;
        return true;
    }

    bool stop()
    {
        m_work_left = 0;
        m_complete = false;
        return false;
    }

    [[nodiscard]] bool fits(std::string_view text) const
    {
        return m_text.size() + m_open <= m_most && text.size() <= m_most - m_text.size() - m_open;
    }

    bool put(std::string_view text)
    {
        if (!fits(text))
            return stop();
        m_text += text;
        return true;
    }

    template<typename Node> bool write_scalar(Node const& node, Kind kind)
    {
        if (kind == Kind::damaged || kind == Kind::absent)
            m_complete = false;
        // What does not fit is left out, where that is known without the work of converting it: what follows
        // may fit.
        if ((kind != Kind::data && kind != Kind::text) || stored_size(node) / 2 <= m_most - m_text.size())
            if (auto const text = scalar_text(node, kind); fits(text))
                return put(text);
        m_complete = false;
        return put("null");
    }

    static std::size_t stored_size(Value const& value) { return value.stored_size(); }
    static std::size_t stored_size(Object const& object) { return object.stored().stored_size(); }

    template<typename Contents> bool write_container(char open, char close, Contents contents)
    {
        ++m_open;
        if (!put({ &open, 1 })) {
            --m_open;
            return false;
        }
        auto const first = std::exchange(m_first, true);
        contents();
        m_first = first;
        --m_open;
        m_text += close;
        return true;
    }

    /// Writes one element or member, or nothing at all.
    template<typename Node> bool write_item(std::string_view key, Node const& node)
    {
        auto const before = m_text.size();
        auto const written = (m_first || put(",")) && put(key) && write(node);
        if (!written)
            m_text.resize(before);
        m_first = false;
        return written && m_work_left != 0;
    }

    void write_members(Object const& object)
    {
        auto const name = object.stored().find("NS.keys") ? std::string {} : object.class_name();
        if (!name.empty()) {
            if (!put("\"$class\":" + json_string(name)))
                return;
            m_first = false;
        }
        for (auto const& [key, value] : object.entries())
            if (!write_item(json_string(key_text(key)) + ':', value))
                return;
    }
    // NOLINTEND(misc-no-recursion)

    std::string m_text;
    std::size_t m_most;
    std::size_t m_work_left;
    std::size_t m_open = 0; ///< brackets that will be closed
    bool m_first = true;
    bool m_complete = true;
};

template<typename Node> Json convert(Node const& node, std::size_t most_bytes)
{
    Writer writer { most_bytes };
    (void)writer.write(node);
    return std::move(writer).finish();
}

} // namespace

Json to_json(Value const& value, std::size_t most_bytes)
{
    return convert(value, most_bytes);
}

Json to_json(Object const& object, std::size_t most_bytes)
{
    return convert(object, most_bytes);
}

} // namespace exhibit::plist
