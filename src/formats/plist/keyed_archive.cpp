#include "formats/plist/keyed_archive.hpp"

#include "base/text.hpp"
#include "formats/plist/object_bytes.hpp"

#include <algorithm>

namespace exhibit::plist {
namespace {

constexpr std::size_t kUuidSize = 16;

std::string uuid_text(Bytes bytes)
{
    auto text = to_hex(exhibit::as_text(bytes));
    for (char& c : text)
        if (c >= 'a')
            c = static_cast<char>(c - ('a' - 'A'));
    for (std::size_t const at : { 8U, 13U, 18U, 23U })
        text.insert(at, 1, '-');
    return text;
}

/// Whether a URL starts with a scheme, so that it needs no base.
bool is_absolute(std::string_view url)
{
    auto const end = url.find_first_of(":/?#");
    return end != std::string_view::npos && end != 0 && url[end] == ':';
}

/// The common cases of joining: a path from the root of the host, and one beside the base's last part.
std::string join(std::string_view base, std::string_view relative)
{
    auto const scheme = base.find("://");
    auto const path = base.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    if (path == std::string_view::npos)
        return std::string { base } + (relative.starts_with('/') ? "" : "/") + std::string { relative };
    auto const kept = relative.starts_with('/') ? path : base.rfind('/') + 1;
    return std::string { base.substr(0, kept) } + std::string { relative };
}

} // namespace

Result<Object> Object::root_of(Value const& archive)
{
    auto const [objects, top] = archive.with_depth(kInside).find_all<2>({ "$objects", "$top" });
    if (objects.kind() != Kind::array || top.kind() != Kind::dictionary)
        return fail(Fault::unsupported, "property list is no keyed archive");
    Object const outside { archive, objects.m_payload, archive.depth_left() };
    auto const root = top.find("root");
    if (root || top.size() == 0)
        return outside.step_to(root);
    return outside.step_to((*top.entries().begin()).value);
}

Value Object::follow(Value const& value) const
{
    auto const number = value.uid();
    std::size_t const width = value.m_layout.reference_width;
    if (number >= m_objects.size() / width)
        return Value::damaged();
    auto const reference = m_objects.subspan(static_cast<std::size_t>(number) * width, width);
    auto const found = Value::open(value.m_layout, reference, kInside);
    if (number == 0 && found.is_text("$null"))
        return Value::null();
    return found.kind() == Kind::uid ? Value::damaged() : found;
}

Value Object::resolve(Value const& value) const
{
    return value.kind() == Kind::uid ? follow(value) : value;
}

Object Object::step_to(Value const& value) const
{
    if (!value)
        return {};
    if (m_depth_left <= 1)
        return { Value::damaged(), {}, 0 };
    Object next { value.kind() == Kind::uid ? follow(value) : value, m_objects, m_depth_left - 1 };
    next.m_stored.m_depth_left = kInside;
    return next;
}

void Object::step_into(Object& next, Layout const& layout, Bytes reference) const
{
    next.m_stored.open_here(layout, big_endian(reference), kInside - 1);
    if (m_depth_left <= 1 || next.m_stored.kind() == Kind::uid) {
        next = step_to(Value { next.m_stored });
        return;
    }
    next.m_stored.m_depth_left = kInside;
    next.m_objects = m_objects;
    next.m_depth_left = m_depth_left - 1;
}

std::string Object::class_name() const
{
    return field("$class").find("$classname").as_text().value_or("");
}

bool Object::is_a(std::string_view class_name) const
{
    auto const description = field("$class");
    if (description.find("$classname").is_text(class_name))
        return true;
    for (auto const& name : description.find("$classes").elements())
        if (name.is_text(class_name))
            return true;
    return false;
}

Kind Object::kind() const
{
    if (m_stored.kind() != Kind::dictionary)
        return m_stored.kind();
    auto const [keys, objects, string, bytes, data, time, relative, uuid] = m_stored.find_all<8>({ "NS.keys",
        "NS.objects", "NS.string", "NS.bytes", "NS.data", "NS.time", "NS.relative", "NS.uuidbytes" });
    if (keys)
        return Kind::dictionary;
    if (objects)
        return is_a("NSSet") || is_a("NSOrderedSet") ? Kind::set : Kind::array;
    if (string || bytes || relative || uuid)
        return Kind::text;
    if (data)
        return Kind::data;
    if (time)
        return Kind::date;
    return is_a("NSNull") ? Kind::null : Kind::dictionary;
}

std::optional<Time> Object::as_date() const
{
    if (m_stored.kind() != Kind::dictionary)
        return m_stored.as_date();
    auto const seconds = field("NS.time").as_real();
    return seconds ? std::optional { date_of(*seconds) } : std::nullopt;
}

std::optional<Bytes> Object::as_data() const
{
    return m_stored.kind() == Kind::dictionary ? field("NS.data").as_data() : m_stored.as_data();
}

// NOLINTNEXTLINE(misc-no-recursion): every step to an object uses up depth
std::optional<std::string> Object::as_text() const
{
    if (m_stored.kind() != Kind::dictionary)
        return m_stored.as_text();
    auto const [string, bytes, relative, uuid, attributed]
        = m_stored.find_all<5>({ "NS.string", "NS.bytes", "NS.relative", "NS.uuidbytes", "NSString" });
    if (string)
        return resolve(string).as_text();
    if (auto const content = resolve(bytes).as_data())
        return repair_utf8(exhibit::as_text(*content));
    if (relative)
        return url(resolve(relative));
    if (auto const content = resolve(uuid).as_data(); content && content->size() == kUuidSize)
        return uuid_text(*content);
    return step_to(attributed).as_text();
}

// NOLINTNEXTLINE(misc-no-recursion): every step to an object uses up depth
std::optional<std::string> Object::url(Value const& relative) const
{
    auto text = relative.as_text();
    if (!text || is_absolute(*text))
        return text;
    auto const base = step_to(m_stored.find("NS.base")).as_text();
    return base ? join(*base, *text) : *text;
}

Object Object::find(std::string_view key) const
{
    if (auto const value = m_stored.find(key))
        return step_to(value);
    auto const [keys, values] = m_stored.find_all<2>({ "NS.keys", "NS.objects" });
    std::size_t index = 0;
    for (auto const& candidate : resolve(keys).elements()) {
        if (resolve(candidate).is_text(key))
            return step_to(resolve(values).at(index));
        ++index;
    }
    return {};
}

Value Object::elements_of() const
{
    return m_stored.kind() == Kind::dictionary ? field("NS.objects") : m_stored;
}

Object Object::at(std::size_t index) const
{
    return step_to(elements_of().at(index));
}

std::size_t Object::size() const
{
    if (m_stored.kind() != Kind::dictionary)
        return m_stored.size();
    auto const [keys, values, type] = m_stored.find_all<3>({ "NS.keys", "NS.objects", "$class" });
    if (keys || values)
        return std::min(resolve(keys ? keys : values).size(), resolve(values).size());
    return m_stored.size() - (type ? 1 : 0);
}

std::vector<Object> Object::elements() const
{
    std::vector<Object> objects;
    auto const container = elements_of();
    if (m_stored.find("NS.keys"))
        return objects;
    objects.reserve(container.size());
    for (auto const& element : container.elements())
        objects.push_back(step_to(element));
    return objects;
}

std::vector<ObjectEntry> Object::entries() const
{
    std::vector<ObjectEntry> entries;
    auto const [keys, values] = m_stored.find_all<2>({ "NS.keys", "NS.objects" });
    if (keys) {
        auto const contents = resolve(values);
        entries.reserve(size());
        for (auto const& key : resolve(keys).elements()) {
            if (entries.size() == contents.size())
                break;
            auto const value = step_to(contents.at(entries.size()));
            entries.emplace_back(step_to(key), value);
        }
        return entries;
    }
    if (values)
        return entries;
    entries.reserve(m_stored.size());
    for (auto const& [key, value] : m_stored.entries())
        if (!key.is_text("$class"))
            entries.emplace_back(step_to(key), step_to(value));
    return entries;
}

Result<KeyedArchive> KeyedArchive::parse(Bytes bytes, unsigned depth)
{
    auto document = EXHIBIT_TRY(Document::open(bytes, depth));
    auto const root = EXHIBIT_TRY(Object::root_of(document.root()));
    return KeyedArchive { std::move(document), root };
}

} // namespace exhibit::plist
