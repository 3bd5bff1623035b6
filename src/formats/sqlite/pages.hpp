#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/source.hpp"
#include "formats/sqlite/journal.hpp"
#include "formats/sqlite/wal.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace exhibit::sqlite {

/// Something that the reader of a case should know about how a database was read.
struct Note {
    bool damage = false; ///< evidence could not be read whole; else it is worth knowing only
    Error error;
};

enum class Encoding : std::uint8_t { utf8 = 1, utf16le = 2, utf16be = 3 };

/// The 32-bit number at `at`, or 0 where the bytes end before it.
inline std::uint32_t big32(Bytes bytes, std::size_t at)
{
    return at <= bytes.size() ? Reader { bytes.subspan(at) }.big<std::uint32_t>().value_or(0) : 0;
}

/// The same of 16 bits.
inline std::size_t big16(Bytes bytes, std::size_t at)
{
    return at <= bytes.size() ? Reader { bytes.subspan(at) }.big<std::uint16_t>().value_or(0) : 0U;
}

/// The header of a database that is in force: the one in the `-wal` where that holds page 1.
struct Header {
    std::uint32_t page_size = 4096;
    std::uint32_t reserved = 0; ///< bytes at the end of each page that SQLite does not use
    std::uint32_t database_pages = 0; ///< 0 when the header does not know
    std::uint32_t free_list = 0; ///< first trunk page, 0 for none
    std::uint32_t free_pages = 0;
    std::uint32_t format = 4; ///< of the schema; from 4 on, 0 and 1 are stored without a body
    bool auto_vacuum = false;
    Encoding encoding = Encoding::utf8;

    [[nodiscard]] std::uint32_t usable() const { return page_size - reserved; }
};

/// A database as a sequence of pages in their newest committed version: those of the database file, with
/// the `-wal` laid over them and the transaction of a hot `-journal` taken back. All in memory: of the two
/// companions only a table of offsets is kept. Safe to use from several threads at once.
class Pages {
public:
    enum class Place : std::uint8_t { main, wal, journal };

    /// Where the bytes of a page are.
    struct Location {
        Source const* source = nullptr;
        std::uint64_t offset = 0;
        Place place = Place::main;
    };

    /// The sources must outlive the pages. Fails when `main` is no database: `locked` where it looks
    /// encrypted. A companion that does not belong to it is left out, with a note.
    static Result<Pages> open(Source const& main, Source const* wal, Source const* journal);

    /// Whether there is no database in the file at all: 0 bytes, and nothing in the `-wal`.
    [[nodiscard]] bool empty() const { return m_count == 0; }
    [[nodiscard]] Header const& header() const { return m_header; }
    [[nodiscard]] std::uint32_t page_size() const { return m_header.page_size; }
    /// Pages that the database has; of those at the end of a truncated file there are no bytes.
    [[nodiscard]] std::uint32_t count() const { return m_count; }
    /// The highest number of a page of which there are bytes.
    [[nodiscard]] std::uint32_t readable() const;
    [[nodiscard]] std::span<Note const> notes() const { return m_notes; }

    void add_note(Note const& note) { m_notes.push_back(note); }

    /// Where the newest version of a page begins. `number` counts from 1.
    [[nodiscard]] Location locate(std::uint32_t number) const;

    /// The newest version of a page: borrowed where the source is in memory, else read into `buffer`.
    /// Shorter than a page where the file ends before it does.
    [[nodiscard]] Result<Bytes> page(std::uint32_t number, std::vector<std::byte>& buffer) const;

    /// The pages, in ascending order, whose version in the database file is not the one in force.
    [[nodiscard]] std::vector<std::uint32_t> replaced() const;

    /// Reads as SQLite is to see the file: in rollback mode, pages that are not whole as missing.
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const;

    [[nodiscard]] Source const& main() const { return *m_main; }
    [[nodiscard]] Source const* wal_source() const { return m_wal_source; }
    [[nodiscard]] Source const* journal_source() const { return m_journal_source; }
    /// Structure of the companions, also of those that were not applied; empty without one.
    [[nodiscard]] Wal const& wal() const { return m_wal; }
    [[nodiscard]] Journal const& journal() const { return m_journal; }
    [[nodiscard]] bool wal_applied() const { return m_wal_applied; }

private:
    struct Override {
        std::uint32_t page = 0;
        std::uint64_t offset = 0;
        Place place = Place::wal;
    };

    explicit Pages(Source const& main)
        : m_main(&main)
    {
    }

    Result<void> open_wal(Source const& source);
    Result<void> open_journal(Source const& source);
    void apply_wal();
    void apply_journal();
    void add_overrides(std::vector<Override> overrides);
    Result<void> read_header();
    [[nodiscard]] Result<std::vector<std::byte>> head_of_main() const;
    [[nodiscard]] Override const* find_override(std::uint32_t number) const;
    [[nodiscard]] Result<std::size_t> read_part(
        std::uint32_t number, std::uint32_t from, std::span<std::byte> into) const;
    void note(bool damage, Fault fault, std::string_view what, std::uint64_t at = 0)
    {
        m_notes.push_back({ damage, { fault, what, at } });
    }

    Source const* m_main;
    Source const* m_wal_source = nullptr;
    Source const* m_journal_source = nullptr;
    Header m_header;
    std::uint32_t m_count = 0;
    std::vector<Override> m_overrides; ///< by page, each once
    Wal m_wal;
    Journal m_journal;
    bool m_wal_applied = false;
    bool m_journal_applied = false;
    std::vector<Note> m_notes;
};

/// Reads pages that mostly lie one after the other, several in one call. One thread at a time.
class PageWindow {
public:
    explicit PageWindow(Pages const& pages)
        : m_pages(&pages)
    {
    }

    /// As `Pages::page`; borrowed until the next call.
    [[nodiscard]] Result<Bytes> page(std::uint32_t number);

private:
    Pages const* m_pages;
    Source const* m_source = nullptr; ///< of what is in the buffer
    std::uint64_t m_begin = 0; ///< its place in the source
    std::size_t m_size = 0;
    std::vector<std::byte> m_buffer;
};

} // namespace exhibit::sqlite
