#pragma once

#include "base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Android binary XML, in which Android 12 and later keep the files of their system services.
/// Source: BinaryXmlSerializer and BinaryXmlPullParser of the Android Open Source Project.
namespace exhibit::abx {

/// Whether a file begins as Android binary XML.
bool is_abx(Bytes file);

enum class Event : std::uint8_t { start_tag, end_tag, text };

struct Attribute {
    std::string_view name; ///< lives as long as the reader
    std::string value; ///< as text XML would have it
};

/// Reads a document event by event. What stands before damage can be read; the damage is an error of `next`.
class AbxReader {
public:
    /// `malformed` when the magic is missing.
    static Result<AbxReader> open(Bytes file, unsigned deepest);

    /// Moves to the next tag or text; false at the end of the document.
    Result<bool> next();

    [[nodiscard]] Event event() const { return m_event; }
    /// Of the tag that starts or ends.
    [[nodiscard]] std::string_view name() const { return m_name; }
    [[nodiscard]] std::vector<Attribute> const& attributes() const { return m_attributes; }
    [[nodiscard]] std::string_view text() const { return m_text; }
    /// Where the event begins in the file.
    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    /// How many tags are open, a tag that starts included.
    [[nodiscard]] std::size_t depth() const { return m_open; }

private:
    AbxReader(Reader reader, unsigned deepest);

    Result<std::string_view> interned();
    Result<std::string> repeated(std::string_view text);
    Result<std::string> value(unsigned token);
    Result<void> read_attributes();

    Reader m_reader;
    unsigned m_deepest;
    std::uint64_t m_room; ///< bytes that values may still take which stand in the file once
    std::vector<std::string_view> m_interned;
    Event m_event = Event::text;
    std::string_view m_name;
    std::vector<Attribute> m_attributes;
    std::string m_text;
    std::uint64_t m_offset = 0;
    std::size_t m_open = 0;
    bool m_ended = false;
};

} // namespace exhibit::abx
