#pragma once

#include "formats/plist/keyed_archive.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace exhibit::plist {

/// Reads the same fields of the roots of many archives, in each of which one program stored an object of one
/// kind. Such archives begin with the names of the fields and go on with the values: where one begins as
/// another that was searched, its fields are found without a search. The answers are always those of
/// `KeyedArchive` and `Object::find_fields`.
class ArchiveFields {
public:
    /// Borrows the names, and puts what it finds into as many objects.
    ArchiveFields(std::span<std::string_view const> names, std::span<Object> found);

    /// What it finds is valid until the next call and as long as the bytes live. Errors: those of
    /// `KeyedArchive::parse`.
    Result<void> read(Bytes archive);

    /// Of what was read last.
    [[nodiscard]] Form form() const { return m_form; }

private:
    /// How far from the beginning of an archive a search looks.
    struct Reach {
        std::size_t bytes = 0;
        std::uint64_t objects = 0;

        /// False for a damaged value.
        bool add(Bytes archive, Value const& value);
    };

    /// What archives begin with in which nothing need be searched.
    struct Beginning {
        std::vector<std::byte> bytes;
        std::vector<std::byte> offsets; ///< of the objects in them
        std::uint64_t top = 0;
        std::uint8_t offset_width = 0;
        std::uint8_t reference_width = 0;
        std::size_t references_at = 0; ///< of `$objects`
        std::size_t references_size = 0;
        std::size_t values_at
            = 0; ///< the references to the root's values, which may be others in each archive
        std::size_t values_size = 0;
        unsigned depth_left = 0; ///< of the root
        std::vector<std::optional<std::size_t>> fields; ///< which of the values each one has
    };

    static constexpr std::size_t kMostKnown = 4; ///< files, folders and links have other fields

    [[nodiscard]] static bool begins_with(Trailer const& archive, Beginning const& known);
    [[nodiscard]] bool find_known(Bytes archive);
    Result<void> search(Bytes archive);
    [[nodiscard]] std::optional<Beginning> beginning_of(Bytes archive, KeyedArchive const& opened) const;

    std::span<std::string_view const> m_names;
    std::span<Object> m_found;
    std::optional<KeyedArchive> m_searched;
    std::vector<Beginning> m_known;
    Form m_form = Form::binary;
};

} // namespace exhibit::plist
