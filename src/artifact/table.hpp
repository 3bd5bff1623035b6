#pragma once

#include "base/bytes.hpp"
#include "base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace exhibit {

/// One cell, borrowed from the row it was read from.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes, Time const*>;

enum class Type : std::uint8_t { integer, real, boolean, text, blob, time };

/// What a text column holds, for the matcher. There is no default: whoever adds a column says
/// what indicators may be compared with it, or says `opaque` and why in the description.
enum class Is : std::uint8_t {
    not_text,
    opaque, ///< compared with nothing
    free_text, ///< prose in which URLs, hosts and mail addresses are looked for
    system_text, ///< words of the system, a program or a command: package names and absolute paths too
    url,
    domain, ///< a host name or an IP address
    ip,
    email,
    phone,
    handle, ///< a phone number, a mail address or a service's account name
    app_id, ///< bundle id or package name
    process, ///< a process or executable name or path, where something ran or used the network
    path, ///< absolute, canonical
    file_name, ///< a base name without its folder
    hash, ///< hexadecimal MD5, SHA-1 or SHA-256 of a file
    cert_hash, ///< hexadecimal hash of a signing certificate
    profile_id, ///< configuration profile identifier or UUID
    property_name, ///< Android system property
};

/// How the phone came to have what a row tells. The strongest word that the table as a whole allows; where
/// its rows differ, a column `row_relation` says it of each.
enum class Relation : std::uint8_t {
    context, ///< says something about the device or the acquisition
    present, ///< lies on the device
    received, ///< somebody sent it; in tables with a `direction` column, `sent` when that says so
    contacted, ///< the device or a person talked to it
    visited, ///< a page was opened
    installed,
    permitted, ///< was granted or asked for a permission
    executed, ///< ran
    traffic, ///< used the network
};

struct Column {
    std::string_view name;
    Type type;
    Is is;
    Clock clock;
    std::string_view doc;
    void const* row_type; ///< which struct `read` expects
    Value (*read)(void const* row);
    std::string_view mvt_key = {}; ///< key of this value in the MVT-compatible export, when it differs

    /// The name of this column in the MVT-compatible export; `-` leaves it out.
    [[nodiscard]] consteval Column mvt(std::string_view key) const
    {
        auto copy = *this;
        copy.mvt_key = key;
        return copy;
    }
};

/// Puts a row on the timeline: at the time in column `when`, as `kind`, in these words.
struct Event {
    std::string_view when;
    std::string_view kind;
    std::string_view
        text; ///< `{name}` stands for the value of a column, `{name|words}` for words where it has none
};

struct Table {
    std::string_view name;
    std::string_view doc;
    Relation relation;
    std::span<Column const> columns;
    std::span<Event const> events = {};
    std::string_view mvt_file = {}; ///< file name, without `.json`, in the MVT-compatible export
};

/// A table that takes rows of one type only.
template<typename Row> struct TableOf : Table { };

namespace detail {

template<typename Row> inline constexpr char kRowType = 0; ///< its address names the type

template<typename> struct Member;
template<typename R, typename F> struct Member<F R::*> {
    using Row = R;
    using Field = F;
};

template<typename T> struct Inner {
    using type = T;
};
template<typename T> struct Inner<std::optional<T>> {
    using type = T;
};

template<typename T> consteval Type type_of()
{
    using U = typename Inner<T>::type;
    if constexpr (std::is_same_v<U, Time>)
        return Type::time;
    else if constexpr (std::is_same_v<U, bool>)
        return Type::boolean;
    else if constexpr (std::is_integral_v<U>)
        return Type::integer;
    else if constexpr (std::is_floating_point_v<U>)
        return Type::real;
    else if constexpr (std::is_same_v<U, Bytes> || std::is_same_v<U, std::vector<std::byte>>)
        return Type::blob;
    else {
        static_assert(std::is_same_v<U, std::string> || std::is_same_v<U, std::string_view>,
            "a row field is a number, bool, text, Bytes or Time");
        return Type::text;
    }
}

template<typename T> Value value_of(T const& field)
{
    if constexpr (std::is_same_v<T, Time>)
        return &field;
    else if constexpr (requires { field.has_value(); })
        return field ? value_of(*field) : Value {};
    else if constexpr (std::is_integral_v<T>)
        return static_cast<std::int64_t>(field);
    else if constexpr (std::is_floating_point_v<T>)
        return static_cast<double>(field);
    else if constexpr (std::is_same_v<T, std::vector<std::byte>>)
        return Bytes { field };
    else if constexpr (std::is_same_v<T, Bytes>)
        return field;
    else
        return std::string_view { field };
}

/// `Row` is named besides the member so that rows of the same name in the unnamed namespaces of two files
/// get functions of their own: from the member alone g++ makes one with external linkage, and the linker
/// takes the first for both.
template<typename Row, auto M> Value read(void const* row)
{
    return value_of(static_cast<Row const*>(row)->*M);
}

template<auto M> consteval Column declare(std::string_view name, Is is, Clock clock, std::string_view doc)
{
    using Field = typename Member<decltype(M)>::Field;
    using Row = typename Member<decltype(M)>::Row;
    return { name, type_of<Field>(), is, clock, doc, &kRowType<Row>, &read<Row, M> };
}

} // namespace detail

/// Declares a column that is a number, a flag or a blob.
template<auto M> consteval Column column(std::string_view name, std::string_view doc)
{
    constexpr auto type = detail::type_of<typename detail::Member<decltype(M)>::Field>();
    static_assert(
        type != Type::text, "say what a text column holds: column<&Row::field>(name, Is::..., doc)");
    static_assert(type != Type::time,
        "say which clock a time was read from: column<&Row::field>(name, Clock::..., doc)");
    return detail::declare<M>(name, Is::not_text, Clock::none, doc);
}

/// Declares a text column and what it holds.
template<auto M> consteval Column column(std::string_view name, Is is, std::string_view doc)
{
    constexpr auto type = detail::type_of<typename detail::Member<decltype(M)>::Field>();
    static_assert(type == Type::text, "only text is matched against indicators");
    if (is == Is::not_text)
        throw "a text column must say what it holds";
    return detail::declare<M>(name, is, Clock::none, doc);
}

/// Declares a time column and the clock it was read from. It becomes two columns of the case file:
/// `name`, microseconds since 1970 UTC, and `name_raw`, the value as the phone stored it.
template<auto M> consteval Column column(std::string_view name, Clock clock, std::string_view doc)
{
    constexpr auto type = detail::type_of<typename detail::Member<decltype(M)>::Field>();
    static_assert(type == Type::time, "only a time has a clock");
    if (clock == Clock::none)
        throw "a time column must say which clock it was read from";
    return detail::declare<M>(name, Is::not_text, clock, doc);
}

namespace detail {

consteval bool is_snake_case(std::string_view name)
{
    if (name.empty() || name.front() < 'a' || name.front() > 'z')
        return false;
    for (char const c : name) {
        bool const letter = c >= 'a' && c <= 'z';
        bool const digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '_')
            return false;
    }
    return true;
}

/// The place of the column with this name, or their number. No pointer: g++ 12 cannot compare the address
/// of columns that several artifacts share (an inline variable) with null while compiling.
consteval std::size_t find_column(Table const& table, std::string_view name)
{
    std::size_t at = 0;
    while (at != table.columns.size() && table.columns[at].name != name)
        ++at;
    return at;
}

consteval bool names_only_columns(Table const& table, std::string_view text)
{
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
        auto const close = text.find('}', open);
        auto const name = text.substr(open + 1, std::min(close, text.find('|', open)) - open - 1);
        if (close == text.npos || find_column(table, name) == table.columns.size())
            return false;
    }
    return true;
}

consteval bool is_reserved(std::string_view name)
{
    return name == "record_id" || name == "entry_id" || name == "locator" || name == "recovered"
        || name.ends_with("_raw");
}

} // namespace detail

/// Declares a table. What no type can say is checked here, while compiling: names are snake_case and
/// unique, descriptions are sentences, every column reads a `Row`, and an event names real columns.
template<typename Row>
consteval TableOf<Row> table(std::string_view name, std::string_view doc, Relation relation,
    std::span<Column const> columns, std::span<Event const> events = {}, std::string_view mvt_file = {})
{
    TableOf<Row> const table { { name, doc, relation, columns, events, mvt_file } };
    if (!detail::is_snake_case(name) || !doc.ends_with('.'))
        throw "a table has a snake_case name and a description that ends in a period";
    for (std::size_t at = 0; at != columns.size(); ++at) {
        auto const& column = columns[at];
        if (column.row_type != &detail::kRowType<Row>)
            throw "a column reads a field of another struct";
        if (!detail::is_snake_case(column.name) || detail::find_column(table, column.name) != at)
            throw "a column has a snake_case name of its own";
        if (detail::is_reserved(column.name))
            throw "a column may not be called record_id, entry_id, locator, recovered or *_raw";
        if (!column.doc.ends_with('.'))
            throw "a column has a description that ends in a period";
    }
    for (auto const& event : events) {
        auto const when = detail::find_column(table, event.when);
        if (when == table.columns.size() || table.columns[when].type != Type::time)
            throw "an event happens at a time column";
        if (!detail::is_snake_case(event.kind))
            throw "an event has a snake_case kind";
        if (!detail::names_only_columns(table, event.text))
            throw "an event's text names a column that is not there";
    }
    return table;
}

} // namespace exhibit
