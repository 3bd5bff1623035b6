#include "acquisition/ios_backup/clear_copy.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "formats/plist/plist.hpp"

#include <fmt/format.h>

namespace exhibit::ios_backup {

namespace {

constexpr std::size_t kMostValues = 5'000'000;

/// Writes a property list as XML, which every program reads, with changes at its top.
class XmlWriter {
public:
    Result<std::string> run(plist::Value const& root)
    {
        m_out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                "<plist version=\"1.0\">\n<dict>\n";
        for (auto const& [key, value] : root.entries()) {
            if (key.is_text("BackupKeyBag") || key.is_text("ManifestKey"))
                continue;
            put("key", key.as_text().value_or(""));
            if (key.is_text("IsEncrypted"))
                m_out += "<false/>\n";
            else
                EXHIBIT_TRY(add(value));
        }
        m_out += "</dict>\n</plist>\n";
        return std::move(m_out);
    }

private:
    void put(std::string_view element, std::string_view content)
    {
        m_out.append("<").append(element).append(">");
        for (auto const c : content) {
            if (c == '&')
                m_out += "&amp;";
            else if (c == '<')
                m_out += "&lt;";
            else if (c == '>')
                m_out += "&gt;";
            else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
                m_out += c;
        }
        m_out.append("</").append(element).append(">\n");
    }

    // NOLINTNEXTLINE(misc-no-recursion): a value is damaged beyond the depth of its document
    Result<void> add(plist::Value const& value)
    {
        if (++m_count > kMostValues)
            return fail(Fault::over_limit, "the property list has too many values");
        switch (value.kind()) {
        case plist::Kind::boolean:
            m_out += value.as_bool().value_or(false) ? "<true/>\n" : "<false/>\n";
            break;
        case plist::Kind::integer:
            put("integer", value.as_digits().value_or("0"));
            break;
        case plist::Kind::real:
            put("real", fmt::format("{}", value.as_real().value_or(0)));
            break;
        case plist::Kind::date: {
            auto const date = value.as_date();
            put("date", date && date->utc ? to_iso(*date->utc).substr(0, 19) + "Z" : "2001-01-01T00:00:00Z");
            break;
        }
        case plist::Kind::data:
            put("data", to_base64(as_text(value.as_data().value_or(Bytes {}))));
            break;
        case plist::Kind::array:
        case plist::Kind::set:
            m_out += "<array>\n";
            for (auto const& element : value.elements())
                EXHIBIT_TRY(add(element));
            m_out += "</array>\n";
            break;
        case plist::Kind::dictionary:
            m_out += "<dict>\n";
            for (auto const& [key, element] : value.entries()) {
                put("key", key.as_text().value_or(""));
                EXHIBIT_TRY(add(element));
            }
            m_out += "</dict>\n";
            break;
        default:
            put("string", value.as_text().value_or(""));
            break;
        }
        return {};
    }

    std::string m_out;
    std::size_t m_count = 0;
};

} // namespace

Result<std::string> clear_manifest_list(Bytes stored)
{
    auto const document = EXHIBIT_TRY(plist::Document::parse(stored));
    return XmlWriter {}.run(document.root());
}

} // namespace exhibit::ios_backup
