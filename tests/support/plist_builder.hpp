#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// Builds the property lists, keyed archives and message bodies that phones write, for tests.
namespace exhibit::test {

/// A property list in memory. Text is UTF-8; dictionaries keep their order.
class Plist {
public:
    struct Uid {
        std::uint64_t number;
    };
    struct Date {
        double seconds_since_2001;
    };
    struct Data {
        std::string bytes;
    };
    struct Array {
        std::vector<Plist> elements;
    };
    struct Set {
        std::vector<Plist> elements;
    };
    struct Dictionary {
        std::vector<std::pair<std::string, Plist>> entries;
    };
    using Content = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Data, Date, Uid,
        Array, Set, Dictionary>;

    template<typename T>
    static constexpr bool kIsContent = std::same_as<T, std::nullptr_t> || std::same_as<T, Data>
        || std::same_as<T, Date> || std::same_as<T, Uid> || std::same_as<T, Array> || std::same_as<T, Set>
        || std::same_as<T, Dictionary>;

    // Implicit, so that trees can be written as literals.
    template<typename T>
        requires(std::is_arithmetic_v<T> || std::convertible_to<T, std::string_view> || kIsContent<T>)
    Plist(T value) // NOLINT(google-explicit-constructor)
        : m_content(convert(std::move(value)))
    {
    }

    static Plist array(std::vector<Plist> elements) { return Array { std::move(elements) }; }
    static Plist dictionary(std::vector<std::pair<std::string, Plist>> entries)
    {
        return Dictionary { std::move(entries) };
    }
    static Plist data(std::string_view bytes) { return Data { std::string { bytes } }; }
    static Plist date(double seconds_since_2001) { return Date { seconds_since_2001 }; }
    static Plist uid(std::uint64_t number) { return Uid { number }; }

    [[nodiscard]] Content const& content() const { return m_content; }

private:
    template<typename T> static Content convert(T value)
    {
        if constexpr (std::same_as<T, bool> || std::same_as<T, std::nullptr_t>)
            return value;
        else if constexpr (std::integral<T>)
            return static_cast<std::int64_t>(value);
        else if constexpr (std::floating_point<T>)
            return static_cast<double>(value);
        else if constexpr (std::convertible_to<T, std::string_view>)
            return std::string { std::string_view { value } };
        else
            return value;
    }

    Content m_content;
};

struct BinaryWidths {
    unsigned offset = 0; ///< bytes; 0: as few as the content allows
    unsigned reference = 0;
};

/// `bplist00`, equal scalars stored once, as the system's own writer does.
std::string to_binary_plist(Plist const& root, BinaryWidths = {});
/// With the declaration and document type that the system writes. Uids become `CF$UID`.
std::string to_xml_plist(Plist const& root);

/// Collects the objects of a keyed archive.
class KeyedArchiveBuilder {
public:
    KeyedArchiveBuilder();
    /// Adds one object and returns the reference to it.
    Plist add(Plist object);
    /// Adds an object of a class: `classes` from the class itself to its root, e.g. `{"MBFile", "NSObject"}`.
    Plist add_instance(
        std::vector<std::pair<std::string, Plist>> fields, std::vector<std::string> const& classes);
    /// The same in the place of an object added before.
    void set_instance(Plist const& reference, std::vector<std::pair<std::string, Plist>> fields,
        std::vector<std::string> const& classes);
    /// An archived NSDictionary, NSArray; the parts are references or plain scalars.
    Plist add_dictionary(std::vector<std::pair<Plist, Plist>> entries);
    Plist add_array(std::vector<Plist> elements);
    /// Replaces an object, to build references in a circle.
    void replace(Plist const& reference, Plist object);
    /// The whole archive, with `root` under `$top`.
    [[nodiscard]] Plist finish(Plist root) const;

private:
    Plist class_of(std::vector<std::string> const& classes);

    std::vector<Plist> m_objects;
    std::vector<std::pair<std::vector<std::string>, Plist>> m_classes;
};

/// One row's `file` blob in the manifest of a backup. Times are seconds since 1970.
struct BackupFile {
    std::string relative_path;
    std::int64_t size = 0;
    std::int64_t mode = 0100644;
    std::int64_t user_id = 501;
    std::int64_t group_id = 501;
    std::int64_t inode = 0;
    std::int64_t birth = 0;
    std::int64_t last_modified = 0;
    std::int64_t last_status_change = 0;
    std::int64_t protection_class = 0;
    std::int64_t flags = 0;
    std::optional<std::string> encryption_key {}; ///< 4 bytes class, little endian, then 40 bytes wrapped key
    std::optional<std::string> digest {};
    std::optional<std::string> target {}; ///< of a symbolic link
    std::optional<std::string> extended_attributes {}; ///< a binary property list
};

/// A keyed archive with an `MBFile` as root, laid out as iOS 14 writes it.
std::string backup_file_archive(BackupFile const&);

/// A part of a message that is a link. In UTF-16 units, as phones count.
struct BodyLink {
    std::size_t start = 0;
    std::size_t length = 0;
    std::string url;
};

/// The `attributedBody` of a message: a typed stream holding an NSAttributedString with one run per
/// link and per stretch between links. `links` must be in order and must not overlap.
std::string attributed_body(std::string_view text, std::vector<BodyLink> const& links = {});

} // namespace exhibit::test
