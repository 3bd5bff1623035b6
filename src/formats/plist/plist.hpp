#pragma once

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Property lists. Binary ones are read in place: opening one checks its trailer, and a value is
/// decoded when it is asked for, so that a small list costs no allocation. XML ones are turned into
/// the same form once. Either way an artifact uses one interface:
///
///     auto const document = EXHIBIT_TRY(plist::Document::parse(bytes));
///     auto const version = document.root().find("Lockdown").find("ProductVersion").as_text();
namespace exhibit::plist {

enum class Kind : std::uint8_t {
    absent, ///< there is no such key or element
    damaged, ///< there is one, and its bytes break the rules of the format, or it nests too deeply
    null,
    boolean,
    integer,
    real,
    date,
    data,
    text,
    uid, ///< number of an object in a keyed archive; `CF$UID` in XML
    array,
    set,
    dictionary,
};

/// The stable name of a kind, for diagnostics.
std::string_view name_of(Kind);

/// Seconds since 2001-01-01 UTC as a time of Clock::plist.
Time date_of(double seconds);

constexpr std::size_t kMagicSize = 8; ///< bytes of `bplist00`, before the first object

/// Where the parts of a binary property list lie. For the reader's own use.
struct Layout {
    Bytes objects; ///< from the magic up to the table of offsets
    Bytes offsets; ///< one entry per object
    std::uint8_t offset_width = 1; ///< bytes
    std::uint8_t reference_width = 1; ///< bytes
};

/// The end of a binary property list, which says where its parts lie. For the reader's own use.
struct Trailer {
    /// Errors: `truncated`, `malformed`.
    static Result<Trailer> read(Bytes list);

    Layout layout;
    std::uint64_t objects = 0; ///< how many
    std::uint64_t top = 0; ///< number of the root
};

struct Entry;
class Elements;
class Entries;

/// A value inside a property list: small, copied freely, never fails. Asking for something that is
/// not there gives a value of kind `absent`, and so does asking that one, so calls can be chained.
/// Valid as long as the bytes that were parsed and the Document live; the Document may be moved.
///
/// Every step down uses up one level of the depth that the document was opened with; beyond it
/// values are `damaged`. So a list that refers to itself ends. A document that shows parts of it over and
/// over is not opened, so that a walk over a whole list ends soon; one that follows the references of a
/// keyed archive must count what it visits, as `to_json` does.
class Value {
public:
    Value() = default;

    [[nodiscard]] Kind kind() const { return m_kind; }
    /// Whether there is something, damaged or not.
    explicit operator bool() const { return m_kind != Kind::absent; }

    /// The value of a boolean, or of an integer that is 0 or 1.
    [[nodiscard]] std::optional<bool> as_bool() const;
    /// An integer that fits.
    [[nodiscard]] std::optional<std::int64_t> as_int() const
    {
        std::int64_t number = 0;
        return read_int(number) ? std::optional { number } : std::nullopt;
    }
    [[nodiscard]] std::optional<std::uint64_t> as_unsigned() const;
    /// Any integer in decimal digits; the format has 128 bits of them.
    [[nodiscard]] std::optional<std::string> as_digits() const;
    /// A real number, or an integer as one.
    [[nodiscard]] std::optional<double> as_real() const;
    /// Clock::plist: `raw` is a double, seconds since 2001-01-01 UTC, also for a date from XML.
    [[nodiscard]] std::optional<Time> as_date() const;
    [[nodiscard]] std::optional<Bytes> as_data() const;
    /// Text in valid UTF-8; NUL becomes U+2400 and what is invalid becomes U+FFFD.
    [[nodiscard]] std::optional<std::string> as_text() const;
    /// The same without a copy where the stored bytes allow it; `scratch` holds the text otherwise.
    [[nodiscard]] std::optional<std::string_view> as_text(std::string& scratch) const;
    /// Whether this is a text equal to `text`, or, as old writers have it for keys, data equal to it.
    [[nodiscard]] bool is_text(std::string_view text) const;
    [[nodiscard]] std::optional<std::uint64_t> as_uid() const
    {
        return m_kind == Kind::uid ? std::optional { uid() } : std::nullopt;
    }

    /// The value of the first entry with this key, when this is a dictionary.
    [[nodiscard]] Value find(std::string_view key) const;
    /// As `find` for several keys, in one pass over the dictionary.
    template<std::size_t Count>
    [[nodiscard]] std::array<Value, Count> find_all(std::array<std::string_view, Count> const& keys) const
    {
        std::array<Value, Count> found;
        find_into(keys, found);
        return found;
    }
    /// The element with this number, when this is an array or a set.
    [[nodiscard]] Value at(std::size_t index) const;
    /// How many elements or entries; 0 for what is no container.
    [[nodiscard]] std::size_t size() const;

    /// How many bytes of the list a plain value takes, without its marker.
    [[nodiscard]] std::size_t stored_size() const { return m_payload.size(); }

    /// The elements of an array or a set; none for anything else.
    [[nodiscard]] Elements elements() const;
    /// The entries of a dictionary in stored order; none for anything else.
    [[nodiscard]] Entries entries() const;

    /// How many values who goes all the way down meets, keys too. One part can stand in many places, so it
    /// may be many more than there are objects: counts up to `most`.
    [[nodiscard]] std::uint64_t values_below(std::uint64_t most) const;

    /// Number of the object in the document: two handles on one object share it.
    [[nodiscard]] std::uint64_t object() const { return m_object; }
    /// How many levels further down may still be visited.
    [[nodiscard]] unsigned depth_left() const { return m_depth_left; }
    /// The same value with another allowance, for code that follows references of its own.
    [[nodiscard]] Value with_depth(unsigned depth_left) const;

private:
    friend class ArchiveFields;
    friend class Document;
    friend class Elements;
    friend class Entries;
    friend class Object;

    enum class Encoding : std::uint8_t { ascii_or_utf8, utf16 };

    static Value open(Layout const&, std::uint64_t object, unsigned depth_left);
    static Value open(Layout const&, Bytes reference, unsigned depth_left);
    /// Becomes what `open` returns, which need not be copied then.
    void open_here(Layout const&, std::uint64_t object, unsigned depth_left);
    static Value damaged();
    static Value null();
    void read(Bytes object);
    bool read_int(std::int64_t& number) const;
    [[nodiscard]] std::uint64_t uid() const;
    [[nodiscard]] Value child(Bytes reference) const;
    [[nodiscard]] std::size_t slots() const;
    [[nodiscard]] bool is_container() const;
    template<typename Function> void each_reference(Function const&) const;
    /// How many references of a container lead to no object of a list that has so many.
    [[nodiscard]] std::uint64_t references_beyond(std::uint64_t objects) const;
    void find_into(std::span<std::string_view const> keys, std::span<Value> found) const;

    Layout m_layout;
    Bytes m_payload; ///< content without marker and length; the references of a container
    std::uint64_t m_object = 0;
    std::uint16_t m_depth_left = 0;
    Kind m_kind = Kind::absent;
    Encoding m_encoding = Encoding::ascii_or_utf8;
};

struct Entry {
    Value key;
    Value value;
};

/// A range over the elements of an array or a set.
class Elements {
public:
    class Iterator {
    public:
        using value_type = Value;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Value operator*() const { return m_container.at(m_index); }
        Iterator& operator++()
        {
            ++m_index;
            return *this;
        }
        Iterator operator++(int)
        {
            auto const before = *this;
            ++m_index;
            return before;
        }
        bool operator==(Iterator const& other) const { return m_index == other.m_index; }

    private:
        friend class Elements;
        Iterator(Value const& container, std::size_t index)
            : m_container(container)
            , m_index(index)
        {
        }
        Value m_container;
        std::size_t m_index = 0;
    };

    [[nodiscard]] Iterator begin() const { return { m_container, 0 }; }
    [[nodiscard]] Iterator end() const { return { {}, m_count }; }

private:
    friend class Value;
    Elements(Value const& container, std::size_t count)
        : m_container(container)
        , m_count(count)
    {
    }
    Value m_container;
    std::size_t m_count;
};

/// A range over the entries of a dictionary.
class Entries {
public:
    class Iterator {
    public:
        using value_type = Entry;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Entry operator*() const;
        Iterator& operator++()
        {
            ++m_index;
            return *this;
        }
        Iterator operator++(int)
        {
            auto const before = *this;
            ++m_index;
            return before;
        }
        bool operator==(Iterator const& other) const { return m_index == other.m_index; }

    private:
        friend class Entries;
        Iterator(Value const& container, std::size_t index, std::size_t count)
            : m_container(container)
            , m_index(index)
            , m_count(count)
        {
        }
        Value m_container;
        std::size_t m_index = 0;
        std::size_t m_count = 0;
    };

    [[nodiscard]] Iterator begin() const { return { m_container, 0, m_count }; }
    [[nodiscard]] Iterator end() const { return { {}, m_count, m_count }; }

private:
    friend class Value;
    Entries(Value const& container, std::size_t count)
        : m_container(container)
        , m_count(count)
    {
    }
    Value m_container;
    std::size_t m_count;
};

enum class Form : std::uint8_t { binary, xml };

/// An opened property list. Borrows the bytes of a binary one.
class Document {
public:
    /// Recognizes the form by its first bytes. `depth` above 512 counts as 512. Errors: `unsupported` for
    /// what is no property list of either form, `truncated` and `malformed` with the place, `over_limit` for
    /// XML that is larger or deeper than is sane, and for a binary list whose parts stand in it so often
    /// that it would be many times as large without.
    static Result<Document> parse(Bytes, unsigned depth = Limits {}.depth);

    [[nodiscard]] Value root() const { return m_root; }
    [[nodiscard]] Form form() const { return m_form; }
    /// How many objects of the list are damaged, and how many references lead to none. Goes through all of
    /// it once, up to a bound that only a list that was made for it reaches.
    [[nodiscard]] std::uint64_t damaged_values() const;

    Document(Document&&) noexcept = default;
    Document& operator=(Document&&) noexcept = default;
    Document(Document const&) = delete;
    Document& operator=(Document const&) = delete;
    ~Document() = default;

private:
    friend class KeyedArchive;
    Document() = default;
    static Result<Document> open(Bytes, unsigned depth);
    Result<void> open_binary(Bytes, unsigned depth);

    std::vector<std::byte> m_owned; ///< what an XML list was turned into
    Value m_root;
    std::uint64_t m_objects = 0;
    Form m_form = Form::binary;
};

} // namespace exhibit::plist
