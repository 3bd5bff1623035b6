#pragma once

#include "base/number.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>

namespace exhibit {

using JsonValue = simdjson::ondemand::value;

/// The content of a string, or a number or `true` as it is written; nothing for null, objects and arrays. The
/// view lives until the parser reads its next object.
inline std::optional<std::string_view> json_text(JsonValue& value)
{
    simdjson::ondemand::json_type type {};
    if (value.type().get(type) != simdjson::SUCCESS)
        return std::nullopt;
    std::string_view text;
    switch (type) {
    case simdjson::ondemand::json_type::string:
        return value.get_string().get(text) == simdjson::SUCCESS ? std::optional { text } : std::nullopt;
    case simdjson::ondemand::json_type::number:
    case simdjson::ondemand::json_type::boolean:
        text = value.raw_json_token();
        return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    default:
        return std::nullopt;
    }
}

inline std::optional<std::int64_t> json_integer(JsonValue& value)
{
    std::int64_t number = 0;
    if (value.get_int64().get(number) == simdjson::SUCCESS)
        return number;
    std::string_view text; // Protocol Buffers write 64-bit numbers as text.
    if (value.get_string().get(text) == simdjson::SUCCESS)
        return whole_number<std::int64_t>(text);
    double real = 0;
    if (value.get_double().get(real) == simdjson::SUCCESS && real > -9e18 && real < 9e18)
        return static_cast<std::int64_t>(real);
    return std::nullopt;
}

inline std::optional<bool> json_flag(JsonValue& value)
{
    bool flag = false;
    if (value.get_bool().get(flag) == simdjson::SUCCESS)
        return flag;
    auto const number = json_integer(value);
    return number ? std::optional { *number != 0 } : std::nullopt;
}

/// Calls `visit(key, value)` for each field of an object value.
template<typename Visitor> Result<void> for_each_field(simdjson::ondemand::object object, Visitor&& visit)
{
    for (auto field : object) {
        std::string_view key;
        JsonValue value;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS
            || field.value().get(value) != simdjson::SUCCESS)
            return fail(Fault::malformed, "a JSON object is malformed");
        EXHIBIT_TRY(visit(key, value));
    }
    return {};
}

/// Calls `visit(value)` for each element of an array value; other values have none.
template<typename Visitor> Result<void> for_each_json_element(JsonValue& value, Visitor&& visit)
{
    simdjson::ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS)
        return {};
    for (auto element : array) {
        JsonValue one;
        if (element.get(one) != simdjson::SUCCESS)
            return fail(Fault::malformed, "a JSON array is malformed");
        EXHIBIT_TRY(visit(one));
    }
    return {};
}

/// Parses one object at a time. Keep it for many: its buffers are reused.
class JsonObjectReader {
public:
    /// Calls `visit(key, value)` for each field of the object that `text` is. Bytes that are no UTF-8 are
    /// repaired.
    template<typename Visitor> Result<void> read(std::string_view text, Visitor&& visit)
    {
        m_text.assign(text);
        simdjson::ondemand::document document;
        simdjson::ondemand::object object;
        auto error = open(document, object);
        if (error == simdjson::UTF8_ERROR) {
            m_text = repair_utf8(text);
            error = open(document, object);
        }
        if (error != simdjson::SUCCESS)
            return fail(Fault::malformed, "not a JSON object");
        return for_each_field(object, visit);
    }

private:
    simdjson::error_code open(simdjson::ondemand::document& document, simdjson::ondemand::object& object)
    {
        m_text.reserve(m_text.size() + simdjson::SIMDJSON_PADDING);
        if (auto const error
            = m_parser.iterate(m_text.data(), m_text.size(), m_text.capacity()).get(document))
            return error;
        return document.get_object().get(object);
    }

    simdjson::ondemand::parser m_parser;
    std::string m_text;
};

} // namespace exhibit
