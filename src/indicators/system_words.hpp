#pragma once

#include <cstddef>
#include <string_view>

namespace exhibit::indicators {

/// Finds the words of a text that may name a package of Android, one after the other: of
/// `Start proc 4242:com.a.b/u0a231` it is `com.a.b`, of `/data/app/com.a.b-1/base.apk` too. A name within a
/// longer word, such as a host with a hyphen or a mail address, is none.
class PackageFinder {
public:
    explicit PackageFinder(std::string_view text)
        : m_text(text)
    {
    }

    /// The next one. Returns false at the end.
    bool next(std::string_view& name);

private:
    [[nodiscard]] bool stands_alone(std::size_t begin, std::size_t end) const;

    std::string_view m_text;
    std::size_t m_from = 0;
};

/// Of `com.a.b.Main`, a class, the package that it may be of; empty when the name is of no class.
std::string_view package_of_class(std::string_view name);

/// Finds the absolute paths of a text: of `sh -c "/data/a.sh" CLASSPATH=/x:/y` three. A blank ends one.
class PathFinder {
public:
    explicit PathFinder(std::string_view text)
        : m_text(text)
    {
    }

    /// The next one. Returns false at the end.
    bool next(std::string_view& path);

private:
    [[nodiscard]] bool begins_at(std::size_t slash) const;

    std::string_view m_text;
    std::size_t m_from = 0;
    std::size_t m_after_scheme = 0; ///< just behind a `://`
};

/// Finds the words of a text that may be IPv6 addresses, which no other finder sees outside of a URL: of
/// `[2001:db8::1]:443`, `addr=2001:db8::1,` and `/2001:db8::1:443`. Java writes a port as if it were a part
/// of the address: then the word without it follows.
class Ipv6Finder {
public:
    explicit Ipv6Finder(std::string_view text)
        : m_text(text)
    {
    }

    /// The next one. Returns false at the end.
    bool next(std::string_view& word);

private:
    [[nodiscard]] bool stands_alone(std::size_t begin, std::size_t end) const;

    std::string_view m_text;
    std::string_view m_without_port; ///< of the last word, where that is a reading too
    std::size_t m_from = 0;
};

} // namespace exhibit::indicators
