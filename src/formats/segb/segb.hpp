#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// SEGB, the container in which Biome and other parts of iOS keep streams of records. Version 1 has the
/// records one after another, each behind a header of its own; version 2 lists them at the end of the file.
/// The form is not published by Apple; what is known of it was found out by CCL Solutions and Cellebrite.
namespace exhibit::segb {

enum class State : std::uint8_t {
    written, ///< live
    deleted, ///< given up: the time stays, the payload may have been zeroed
    unknown, ///< a number whose meaning is not known
};

/// `written`, `deleted` or `unknown`.
std::string_view name_of(State);

struct Record {
    std::uint64_t offset = 0; ///< of its header; of its line in the list where the record itself is gone
    std::uint64_t payload_offset = 0;
    std::int32_t stored_state = 0;
    std::optional<double> written; ///< seconds since 2001 UTC, as stored; nothing where its line is gone
    std::optional<double> second; ///< likewise; version 1 only, mostly the same time
    Bytes payload; ///< borrowed from the content
    bool checksum_ok = false; ///< the CRC-32 of the payload; wrong where version 2 used the place again
    bool past_end = false; ///< lies behind what the file says to be its data: left over from before

    [[nodiscard]] State state() const;
    /// Whether nothing is left of the payload.
    [[nodiscard]] bool erased() const;
};

/// Goes over the records of one file, which is in memory. What cannot be read is told in `damage`, and
/// reading goes on behind it.
class File {
public:
    /// `unsupported` when neither version has its mark there; `truncated` when the header is not whole.
    static Result<File> open(Bytes content);

    [[nodiscard]] unsigned version() const { return m_version; }
    /// When the file was begun, in seconds since 2001 UTC; version 2 only.
    [[nodiscard]] std::optional<double> created() const { return m_created; }

    /// The next record in the order of their places; false behind the last.
    [[nodiscard]] bool next(Record& record);

    /// The first damage that was met so far.
    [[nodiscard]] std::optional<Error> const& damage() const { return m_damage; }

private:
    /// A line of the list of version 2.
    struct Slot {
        std::uint64_t place = 0; ///< of the line
        std::int32_t end = 0; ///< of the record, counted from the end of the header
        std::int32_t state = 0;
        double written = 0;
    };
    /// What stands before a record of version 1.
    struct Header {
        std::int32_t length = 0;
        std::int32_t state = 0;
        double written = 0;
        double second = 0;
        std::uint32_t checksum = 0;
    };

    explicit File(Bytes content)
        : m_content(content)
    {
    }

    Result<void> open_listed();
    [[nodiscard]] Slot slot_at(std::size_t at) const;
    [[nodiscard]] std::vector<Slot> slots_before(std::size_t end) const;
    void read_list(std::size_t count);
    [[nodiscard]] std::vector<Slot> seek_list() const;
    void use(std::vector<Slot> found);
    Result<void> open_chained();
    [[nodiscard]] bool next_listed(Record& record);
    [[nodiscard]] bool take_listed(Slot const& slot, Record& record);
    [[nodiscard]] bool take_unlisted(std::size_t end, Record& record);
    [[nodiscard]] bool seek_unlisted(Record& record);
    [[nodiscard]] std::size_t summed_size(std::size_t at, std::size_t end);
    [[nodiscard]] bool next_chained(Record& record);
    [[nodiscard]] bool search(Record& record);
    [[nodiscard]] Result<Header> header_at(std::size_t at) const;
    [[nodiscard]] bool take(Header const& header, Record& record);
    void note(Fault fault, std::string_view what, std::uint64_t at);

    Bytes m_content;
    unsigned m_version = 0;
    std::optional<double> m_created;
    std::optional<Error> m_damage;
    std::size_t m_at = 0;
    std::size_t m_end = 0; ///< of the records
    std::vector<Slot> m_slots;
    std::size_t m_slot = 0;
    bool m_whole_list = true;
    bool m_searching = false;
    std::uint64_t m_budget = 0; ///< bytes that may still be summed up in search of records
};

} // namespace exhibit::segb
