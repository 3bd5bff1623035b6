#pragma once

#include "formats/plist/plist.hpp"

#include <span>

/// Keyed archives: object graphs that the system's frameworks store as property lists.
namespace exhibit::plist {

struct ObjectEntry;

/// An object of a keyed archive: small, copied freely, never fails, valid as a Value is. References
/// are followed by themselves, and objects of the common classes answer as the plain value that they
/// stand for: an archived NSDate has kind `date`, an NSURL kind `text`, the null object kind `null`.
/// An instance of any other class has kind `dictionary`; its fields are the entries.
///
/// A step to another object uses up one level of depth; beyond it objects are `damaged`, so that
/// references in a circle end.
class Object {
public:
    Object() = default;
    /// The root of an archive that is a value of a larger list: what `$top` names `root`, else its
    /// first entry. `unsupported` when the value is no keyed archive.
    static Result<Object> root_of(Value const& archive);

    [[nodiscard]] Kind kind() const;
    explicit operator bool() const { return static_cast<bool>(m_stored); }
    /// Empty for plain values.
    [[nodiscard]] std::string class_name() const;
    /// Whether this is an instance of the class or of one derived from it.
    [[nodiscard]] bool is_a(std::string_view class_name) const;

    [[nodiscard]] std::optional<bool> as_bool() const { return m_stored.as_bool(); }
    [[nodiscard]] std::optional<std::int64_t> as_int() const { return m_stored.as_int(); }
    [[nodiscard]] std::optional<std::uint64_t> as_unsigned() const { return m_stored.as_unsigned(); }
    [[nodiscard]] std::optional<double> as_real() const { return m_stored.as_real(); }
    /// Clock::plist, as for Value.
    [[nodiscard]] std::optional<Time> as_date() const;
    [[nodiscard]] std::optional<Bytes> as_data() const;
    /// Text of a string, the characters of an attributed string, an NSURL with its base, or an NSUUID
    /// in upper case with hyphens.
    [[nodiscard]] std::optional<std::string> as_text() const;

    /// The field with this name, else, in an archived dictionary, the value of the first entry with
    /// this key.
    [[nodiscard]] Object find(std::string_view key) const;
    /// Several fields in one pass; entries of an archived dictionary are not looked at.
    template<std::size_t Count>
    [[nodiscard]] std::array<Object, Count> find_fields(
        std::array<std::string_view, Count> const& names) const
    {
        auto const values = m_stored.find_all(names);
        std::array<Object, Count> found;
        for (std::size_t i = 0; i != Count; ++i)
            found[i] = step_to(values[i]);
        return found;
    }
    /// The element with this number of an array or a set.
    [[nodiscard]] Object at(std::size_t index) const;
    /// How many elements, or entries of an archived dictionary, or fields.
    [[nodiscard]] std::size_t size() const;
    /// In stored order; empty for what is no array or set.
    [[nodiscard]] std::vector<Object> elements() const;
    /// Entries of an archived dictionary, or the fields of an instance without its class.
    [[nodiscard]] std::vector<ObjectEntry> entries() const;

    /// The value in the list, references followed but nothing else.
    [[nodiscard]] Value const& stored() const { return m_stored; }
    [[nodiscard]] unsigned depth_left() const { return m_depth_left; }

private:
    friend class ArchiveFields;

    /// Levels: enough for the steps inside one object (`NS.objects` and its elements). Those between objects
    /// are counted by `m_depth_left`.
    static constexpr unsigned kInside = 4;

    Object(Value const& stored, Bytes objects, unsigned depth_left)
        : m_stored(stored)
        , m_objects(objects)
        , m_depth_left(depth_left)
    {
    }

    [[nodiscard]] Value follow(Value const& value) const;
    [[nodiscard]] Value resolve(Value const&) const;
    [[nodiscard]] Value field(std::string_view name) const { return resolve(m_stored.find(name)); }
    [[nodiscard]] Object step_to(Value const&) const;
    /// The same of what a reference leads to, put where it is wanted.
    void step_into(Object& next, Layout const&, Bytes reference) const;
    [[nodiscard]] std::optional<std::string> url(Value const& relative) const;
    [[nodiscard]] Value elements_of() const;

    Value m_stored;
    Bytes m_objects; ///< the references of `$objects`
    unsigned m_depth_left = 0;
};

struct ObjectEntry {
    Object key;
    Object value;
};

/// An opened keyed archive, binary or XML. One object can stand in many places of it: whoever goes through
/// a whole archive counts what is visited, as `to_json` does.
class KeyedArchive {
public:
    /// Errors: those of Document::parse except `over_limit` of a binary list, and `unsupported` for a list
    /// that is no keyed archive.
    static Result<KeyedArchive> parse(Bytes, unsigned depth = Limits {}.depth);

    [[nodiscard]] Object const& root() const { return m_root; }
    [[nodiscard]] Document const& document() const { return m_document; }

private:
    KeyedArchive(Document document, Object const& root)
        : m_document(std::move(document))
        , m_root(root)
    {
    }

    Document m_document;
    Object m_root;
};

} // namespace exhibit::plist
