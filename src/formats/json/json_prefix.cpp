#include "formats/json/json_prefix.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace exhibit {
namespace {

using Json = nlohmann::json;

/// Builds the value as far as the parser comes.
class Builder final : public nlohmann::json_sax<Json> {
public:
    Json root = Json(Json::value_t::discarded); // In braces it would be a list.

    bool null() override { return put(nullptr) != nullptr; }
    bool boolean(bool value) override { return put(value) != nullptr; }
    bool number_integer(number_integer_t value) override { return put(value) != nullptr; }
    bool number_unsigned(number_unsigned_t value) override { return put(value) != nullptr; }
    bool number_float(number_float_t value, string_t const&) override { return put(value) != nullptr; }
    bool string(string_t& value) override { return put(std::move(value)) != nullptr; }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& value) override
    {
        m_key = std::move(value);
        return true;
    }
    bool parse_error(std::size_t, std::string const&, nlohmann::detail::exception const&) override
    {
        return false;
    }

private:
    static constexpr std::size_t kDeepest = 512;

    Json* put(Json value)
    {
        if (m_open.empty())
            return &(root = std::move(value));
        auto& parent = *m_open.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(parent[m_key] = std::move(value));
    }

    bool open(Json value)
    {
        if (m_open.size() == kDeepest)
            return false;
        m_open.push_back(put(std::move(value)));
        return true;
    }

    bool close()
    {
        m_open.pop_back();
        return true;
    }

    std::vector<Json*> m_open;
    std::string m_key;
};

} // namespace

nlohmann::json json_before_damage(std::string_view text)
{
    Builder builder;
    Json::sax_parse(text, &builder);
    return std::move(builder.root);
}

} // namespace exhibit
