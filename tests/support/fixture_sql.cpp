#include "support/fixture_sql.hpp"

#include "formats/plist/plist.hpp"
#include "support/sqlite_files.hpp"

#include <sqlite3.h>
#include <stdexcept>

namespace exhibit::test {
namespace {

Plist copy(plist::Value const& value)
{
    using plist::Kind;
    switch (value.kind()) {
    case Kind::boolean:
        return *value.as_bool();
    case Kind::integer:
        return value.as_int().value_or(0);
    case Kind::real:
        return *value.as_real();
    case Kind::date:
        return Plist::date(std::get<double>(value.as_date()->raw));
    case Kind::data:
        return Plist::data(as_text(*value.as_data()));
    case Kind::text:
        return *value.as_text();
    case Kind::uid:
        return Plist::uid(*value.as_uid());
    case Kind::array: {
        std::vector<Plist> elements;
        for (auto const& element : value.elements())
            elements.push_back(copy(element));
        return Plist::array(std::move(elements));
    }
    case Kind::dictionary: {
        std::vector<std::pair<std::string, Plist>> entries;
        for (auto const& entry : value.entries())
            entries.emplace_back(entry.key.as_text().value_or(""), copy(entry.value));
        return Plist::dictionary(std::move(entries));
    }
    default:
        throw std::runtime_error("the XML of a fixture holds a value that is none");
    }
}

Plist archived(KeyedArchiveBuilder& builder, Plist const& content)
{
    if (auto const* array = std::get_if<Plist::Array>(&content.content())) {
        std::vector<Plist> elements;
        for (auto const& element : array->elements)
            elements.push_back(archived(builder, element));
        return builder.add_array(std::move(elements));
    }
    auto const* dictionary = std::get_if<Plist::Dictionary>(&content.content());
    if (dictionary == nullptr)
        return builder.add(content);
    std::string class_name;
    std::vector<std::pair<std::string, Plist>> fields;
    std::vector<std::pair<Plist, Plist>> entries;
    for (auto const& [key, value] : dictionary->entries) {
        if (key == "$class") {
            class_name = std::get<std::string>(value.content());
            continue;
        }
        auto const object = archived(builder, value);
        fields.emplace_back(key, object);
        entries.emplace_back(builder.add(key), object);
    }
    return class_name.empty() ? builder.add_dictionary(std::move(entries))
                              : builder.add_instance(std::move(fields), { class_name, "NSObject" });
}

std::string text_of(sqlite3_value* value)
{
    auto const* const bytes = static_cast<char const*>(sqlite3_value_blob(value));
    auto const size = sqlite3_value_bytes(value);
    return bytes == nullptr ? std::string {} : std::string { bytes, static_cast<std::size_t>(size) };
}

void give(sqlite3_context* context, std::string const& bytes)
{
    sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

void call_plist(sqlite3_context* context, int, sqlite3_value** values)
{
    give(context, to_binary_plist(plist_from_xml(text_of(values[0]))));
}

void call_archive(sqlite3_context* context, int, sqlite3_value** values)
{
    give(context, to_binary_plist(archive_of(plist_from_xml(text_of(values[0])))));
}

void call_backup_file(sqlite3_context* context, int, sqlite3_value** values)
{
    BackupFile file;
    file.relative_path = text_of(values[0]);
    file.size = sqlite3_value_int64(values[1]);
    file.mode = sqlite3_value_int64(values[2]);
    file.user_id = sqlite3_value_int64(values[3]);
    file.birth = sqlite3_value_int64(values[4]);
    file.last_modified = sqlite3_value_int64(values[5]);
    file.last_status_change = sqlite3_value_int64(values[6]);
    give(context, backup_file_archive(file));
}

void call_attributed_body(sqlite3_context* context, int count, sqlite3_value** values)
{
    std::vector<BodyLink> links;
    for (int i = 1; i + 2 < count; i += 3)
        links.push_back({ static_cast<std::size_t>(sqlite3_value_int64(values[i])),
            static_cast<std::size_t>(sqlite3_value_int64(values[i + 1])), text_of(values[i + 2]) });
    give(context, attributed_body(text_of(values[0]), links));
}

void call_bytes(sqlite3_context* context, int count, sqlite3_value** values)
{
    std::string joined;
    for (int i = 0; i != count; ++i)
        joined += text_of(values[i]);
    give(context, joined);
}

void add_functions(sqlite3* handle)
{
    auto const add = [&](char const* name, int arguments, auto function) {
        sqlite3_create_function(handle, name, arguments, SQLITE_UTF8, nullptr, function, nullptr, nullptr);
    };
    add("plist", 1, &call_plist);
    add("archive", 1, &call_archive);
    add("backup_file", 7, &call_backup_file);
    add("attributed_body", -1, &call_attributed_body);
    add("bytes", -1, &call_bytes);
}

} // namespace

DatabaseFiles build_database(std::string const& sql, std::string const& logged)
{
    SqliteFiles files;
    add_functions(files.handle());
    files.run("PRAGMA page_size = 1024");
    files.run(sql);
    if (logged.empty())
        return { std::string { as_text(files.main()) }, {} };
    files.run("PRAGMA journal_mode = WAL");
    files.run(logged);
    return { std::string { as_text(files.main()) }, std::string { as_text(files.wal()) } };
}

Plist plist_from_xml(std::string const& xml)
{
    bool const whole = xml.find("<plist") != std::string::npos;
    auto const text = whole ? xml : "<plist version=\"1.0\">" + xml + "</plist>";
    auto const document = plist::Document::parse(as_bytes(text));
    if (!document)
        throw std::runtime_error("XML of a fixture: " + std::string { document.error().what });
    return copy(document->root());
}

Plist archive_of(Plist const& content)
{
    KeyedArchiveBuilder builder;
    auto const root = archived(builder, content);
    return builder.finish(root);
}

} // namespace exhibit::test
