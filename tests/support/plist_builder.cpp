#include "support/plist_builder.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace exhibit::test {
namespace {

void append_big(std::string& out, std::uint64_t value, unsigned width)
{
    for (auto shift = width * 8; shift != 0; shift -= 8)
        out += static_cast<char>(value >> (shift - 8) & 0xFFU);
}

unsigned bytes_for(std::uint64_t value)
{
    return value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1'0000'0000 ? 4 : 8;
}

void append_integer(std::string& out, std::int64_t value)
{
    auto const bits = static_cast<std::uint64_t>(value);
    auto const width = value < 0 ? 8 : bytes_for(bits);
    out += static_cast<char>(0x10 + std::countr_zero(width));
    append_big(out, bits, width);
}

void append_length(std::string& out, unsigned marker, std::size_t length)
{
    out += static_cast<char>(marker | (length < 15 ? length : 15));
    if (length >= 15)
        append_integer(out, static_cast<std::int64_t>(length));
}

/// UTF-8 (valid) to UTF-16 code units.
std::u16string to_utf16(std::string_view text)
{
    std::u16string out;
    for (std::size_t at = 0; at < text.size();) {
        auto const lead = static_cast<unsigned char>(text[at]);
        std::size_t const length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t i = 1; i != length; ++i)
            point = point << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
        if (point >= 0x10000) {
            out += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10U));
            out += static_cast<char16_t>(0xDC00 + (point & 0x3FFU));
        } else {
            out += static_cast<char16_t>(point);
        }
        at += length;
    }
    return out;
}

void append_text(std::string& out, std::string_view text)
{
    if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
        append_length(out, 0x50, text.size());
        out += text;
        return;
    }
    auto const units = to_utf16(text);
    append_length(out, 0x60, units.size());
    for (auto const unit : units)
        append_big(out, unit, 2);
}

template<typename... Ts> struct Overloaded : Ts... {
    using Ts::operator()...;
};

/// Numbers all objects before any is written, in the order of the system's writer: a container, then
/// its keys, then its values, each with what is below it.
class Flattener {
public:
    std::uint64_t add(Plist const& node)
    {
        return std::visit(Overloaded {
                              [&](Plist::Array const& array) { return add_elements(0xA0, array.elements); },
                              [&](Plist::Set const& set) { return add_elements(0xC0, set.elements); },
                              [&](Plist::Dictionary const& dictionary) { return add_dictionary(dictionary); },
                              [&](auto const& scalar) { return add_scalar(scalar_bytes(scalar)); },
                          },
            node.content());
    }

    std::string finish(std::uint64_t root, BinaryWidths widths) const
    {
        auto const count = m_objects.size();
        auto const reference_width = widths.reference != 0 ? widths.reference : bytes_for(count);
        std::string out = "bplist00";
        std::vector<std::size_t> offsets;
        for (auto const& object : m_objects) {
            offsets.push_back(out.size());
            out += object.head;
            for (auto const reference : object.references)
                append_big(out, reference, reference_width);
        }
        auto const table = out.size();
        auto const offset_width = widths.offset != 0 ? widths.offset : bytes_for(table);
        for (auto const offset : offsets)
            append_big(out, offset, offset_width);
        append_big(out, 0, 6);
        append_big(out, offset_width, 1);
        append_big(out, reference_width, 1);
        append_big(out, count, 8);
        append_big(out, root, 8);
        append_big(out, table, 8);
        return out;
    }

private:
    struct Object {
        std::string head;
        std::vector<std::uint64_t> references;
    };

    static std::string scalar_bytes(std::nullptr_t) { return { '\0' }; }
    static std::string scalar_bytes(bool value) { return { value ? '\x09' : '\x08' }; }
    static std::string scalar_bytes(std::int64_t value)
    {
        std::string out;
        append_integer(out, value);
        return out;
    }
    static std::string scalar_bytes(double value)
    {
        std::string out { '\x23' };
        append_big(out, std::bit_cast<std::uint64_t>(value), 8);
        return out;
    }
    static std::string scalar_bytes(std::string const& text)
    {
        std::string out;
        append_text(out, text);
        return out;
    }
    static std::string scalar_bytes(Plist::Data const& data)
    {
        std::string out;
        append_length(out, 0x40, data.bytes.size());
        return out + data.bytes;
    }
    static std::string scalar_bytes(Plist::Date const& date)
    {
        auto out = scalar_bytes(date.seconds_since_2001);
        out[0] = '\x33';
        return out;
    }
    static std::string scalar_bytes(Plist::Uid const& uid)
    {
        auto const width = bytes_for(uid.number);
        std::string out { static_cast<char>(0x80 + width - 1) };
        append_big(out, uid.number, width);
        return out;
    }

    std::uint64_t add_scalar(std::string bytes)
    {
        auto const [place, fresh] = m_scalars.try_emplace(bytes, m_objects.size());
        if (fresh)
            m_objects.push_back({ std::move(bytes), {} });
        return place->second;
    }

    std::uint64_t add_elements(unsigned marker, std::vector<Plist> const& elements)
    {
        Object object;
        append_length(object.head, marker, elements.size());
        auto const number = m_objects.size();
        m_objects.emplace_back();
        for (auto const& element : elements)
            object.references.push_back(add(element));
        m_objects[number] = std::move(object);
        return number;
    }

    std::uint64_t add_dictionary(Plist::Dictionary const& dictionary)
    {
        Object object;
        append_length(object.head, 0xD0, dictionary.entries.size());
        auto const number = m_objects.size();
        m_objects.emplace_back();
        for (auto const& [key, value] : dictionary.entries)
            object.references.push_back(add_scalar(scalar_bytes(key)));
        for (auto const& [key, value] : dictionary.entries)
            object.references.push_back(add(value));
        m_objects[number] = std::move(object);
        return number;
    }

    std::vector<Object> m_objects;
    std::map<std::string, std::uint64_t> m_scalars;
};

std::string escape_xml(std::string_view text)
{
    std::string out;
    for (char const c : text)
        out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string { c };
    return out;
}

std::string date_text(double seconds)
{
    auto const moment = std::chrono::sys_days { std::chrono::year { 2001 } / 1 / 1 }
        + std::chrono::seconds { std::llround(seconds) };
    auto const day = std::chrono::floor<std::chrono::days>(moment);
    std::chrono::year_month_day const date { day };
    std::chrono::hh_mm_ss const clock { moment - day };
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
        clock.minutes().count(), clock.seconds().count());
}

void append_xml(std::string& out, Plist const& node, std::string const& indent)
{
    auto const line = [&](std::string_view name, std::string_view text) {
        out += fmt::format("{}<{}>{}</{}>\n", indent, name, text, name);
    };
    auto const elements = [&](std::vector<Plist> const& parts) {
        out += indent + "<array>\n";
        for (auto const& part : parts)
            append_xml(out, part, indent + '\t');
        out += indent + "</array>\n";
    };
    std::visit(Overloaded {
                   [&](std::nullptr_t) { out += indent + "<null/>\n"; },
                   [&](bool value) { out += indent + (value ? "<true/>\n" : "<false/>\n"); },
                   [&](std::int64_t value) { line("integer", std::to_string(value)); },
                   [&](double value) { line("real", fmt::format("{}", value)); },
                   [&](std::string const& text) { line("string", escape_xml(text)); },
                   [&](Plist::Data const& data) { line("data", to_base64(data.bytes)); },
                   [&](Plist::Date const& date) { line("date", date_text(date.seconds_since_2001)); },
                   [&](Plist::Uid const& uid) {
                       append_xml(out, Plist::dictionary({ { "CF$UID", uid.number } }), indent);
                   },
                   [&](Plist::Array const& array) { elements(array.elements); },
                   [&](Plist::Set const& set) { elements(set.elements); },
                   [&](Plist::Dictionary const& dictionary) {
                       out += indent + "<dict>\n";
                       for (auto const& [key, value] : dictionary.entries) {
                           out += fmt::format("{}\t<key>{}</key>\n", indent, escape_xml(key));
                           append_xml(out, value, indent + '\t');
                       }
                       out += indent + "</dict>\n";
                   },
               },
        node.content());
}

} // namespace

std::string to_binary_plist(Plist const& root, BinaryWidths widths)
{
    Flattener flattener;
    auto const number = flattener.add(root);
    return flattener.finish(number, widths);
}

std::string to_xml_plist(Plist const& root)
{
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                      "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n";
    append_xml(out, root, "");
    return out + "</plist>\n";
}

KeyedArchiveBuilder::KeyedArchiveBuilder()
{
    m_objects.emplace_back("$null");
}

Plist KeyedArchiveBuilder::add(Plist object)
{
    m_objects.push_back(std::move(object));
    return Plist::uid(m_objects.size() - 1);
}

void KeyedArchiveBuilder::replace(Plist const& reference, Plist object)
{
    m_objects.at(std::get<Plist::Uid>(reference.content()).number) = std::move(object);
}

Plist KeyedArchiveBuilder::class_of(std::vector<std::string> const& classes)
{
    for (auto const& [known, reference] : m_classes)
        if (known == classes)
            return reference;
    std::vector<Plist> names(classes.begin(), classes.end());
    auto const reference = add(Plist::dictionary(
        { { "$classname", classes.front() }, { "$classes", Plist::array(std::move(names)) } }));
    m_classes.emplace_back(classes, reference);
    return reference;
}

Plist KeyedArchiveBuilder::add_instance(
    std::vector<std::pair<std::string, Plist>> fields, std::vector<std::string> const& classes)
{
    auto const reference = add(nullptr);
    set_instance(reference, std::move(fields), classes);
    return reference;
}

void KeyedArchiveBuilder::set_instance(Plist const& reference,
    std::vector<std::pair<std::string, Plist>> fields, std::vector<std::string> const& classes)
{
    fields.emplace_back("$class", class_of(classes));
    replace(reference, Plist::dictionary(std::move(fields)));
}

Plist KeyedArchiveBuilder::add_dictionary(std::vector<std::pair<Plist, Plist>> entries)
{
    std::vector<Plist> keys;
    std::vector<Plist> values;
    for (auto& [key, value] : entries) {
        keys.push_back(std::move(key));
        values.push_back(std::move(value));
    }
    return add_instance(
        { { "NS.keys", Plist::array(std::move(keys)) }, { "NS.objects", Plist::array(std::move(values)) } },
        { "NSDictionary", "NSObject" });
}

Plist KeyedArchiveBuilder::add_array(std::vector<Plist> elements)
{
    return add_instance({ { "NS.objects", Plist::array(std::move(elements)) } }, { "NSArray", "NSObject" });
}

Plist KeyedArchiveBuilder::finish(Plist root) const
{
    return Plist::dictionary({ { "$version", 100000 }, { "$archiver", "NSKeyedArchiver" },
        { "$top", Plist::dictionary({ { "root", std::move(root) } }) },
        { "$objects", Plist::array(m_objects) } });
}

std::string backup_file_archive(BackupFile const& file)
{
    KeyedArchiveBuilder builder;
    auto const root = builder.add(nullptr); // Some readers look for it at 1 instead of following `$top`.
    std::vector<std::pair<std::string, Plist>> fields { { "LastModified", file.last_modified },
        { "Flags", file.flags }, { "GroupID", file.group_id },
        { "LastStatusChange", file.last_status_change }, { "RelativePath", builder.add(file.relative_path) },
        { "Birth", file.birth }, { "Size", file.size }, { "InodeNumber", file.inode }, { "Mode", file.mode },
        { "UserID", file.user_id }, { "ProtectionClass", file.protection_class } };
    if (file.target)
        fields.emplace_back("Target", builder.add(*file.target));
    if (file.digest)
        fields.emplace_back("Digest", builder.add(Plist::data(*file.digest)));
    if (file.encryption_key)
        fields.emplace_back("EncryptionKey",
            builder.add_instance({ { "NS.data", Plist::data(*file.encryption_key) } },
                { "NSMutableData", "NSData", "NSObject" }));
    if (file.extended_attributes)
        fields.emplace_back("ExtendedAttributes", builder.add(Plist::data(*file.extended_attributes)));
    builder.set_instance(root, std::move(fields), { "MBFile", "NSObject" });
    return to_binary_plist(builder.finish(root));
}

} // namespace exhibit::test
