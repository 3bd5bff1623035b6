#pragma once

#include "artifact/artifact.hpp"
#include "formats/protobuf/outline.hpp"

#include <algorithm>
#include <array>

/// Fills an artifact's structs from messages of which only some fields are known. An artifact states once
/// which field of a message fills which field of a row; all others become lines of text, so that nothing is
/// lost.
///
///     constexpr std::array kFields {
///         taken<&Use::bundle_id>({ 4, 3 }),
///         taken<&Use::ended>({ 3 }, Clock::mac),
///     };
namespace exhibit::ios {

/// Numbers of the fields that lead to a value, 0 behind the last.
using MessagePath = std::array<std::uint8_t, 4>;

template<typename Row> struct MessageField {
    MessagePath path;
    Clock clock;
    bool (*take)(
        protobuf::Field const&, Clock, Row&); ///< false when it is none of its kind, or a further one
};

namespace detail {

inline Time time_of(protobuf::Field const& field, Clock clock)
{
    bool const real = field.wire != protobuf::Wire::varint;
    if (clock == Clock::unix_seconds)
        return real ? Time::unix_seconds(field.real()) : Time::unix_seconds(field.integer());
    return real ? Time::mac(field.real()) : Time::mac(field.integer());
}

template<auto M>
bool take_field(
    protobuf::Field const& field, Clock clock, typename exhibit::detail::Member<decltype(M)>::Row& row)
{
    using F = typename exhibit::detail::Member<decltype(M)>::Field;
    auto& into = row.*M;
    if constexpr (std::is_same_v<F, Time>) {
        if (!into.absent() || field.wire == protobuf::Wire::bytes)
            return false;
        into = time_of(field, clock);
    } else if constexpr (std::is_same_v<F, std::optional<std::int64_t>>) {
        if (into || field.wire != protobuf::Wire::varint)
            return false;
        into = field.integer();
    } else {
        static_assert(std::is_same_v<F, std::optional<std::string_view>>,
            "a field of a message is read as optional number or text, or Time");
        if (into || !protobuf::is_text(field))
            return false;
        into = field.text();
    }
    return true;
}

constexpr MessagePath path_of(std::initializer_list<std::uint8_t> numbers)
{
    MessagePath path {};
    std::copy(numbers.begin(), numbers.end(), path.begin());
    return path;
}

} // namespace detail

/// Fills a field of a row from a field of a message. Text is borrowed from the message.
template<auto M> consteval auto taken(std::initializer_list<std::uint8_t> numbers)
{
    using Row = typename exhibit::detail::Member<decltype(M)>::Row;
    return MessageField<Row> { detail::path_of(numbers), Clock::none, &detail::take_field<M> };
}
template<auto M> consteval auto taken(std::initializer_list<std::uint8_t> numbers, Clock clock)
{
    using Row = typename exhibit::detail::Member<decltype(M)>::Row;
    return MessageField<Row> { detail::path_of(numbers), clock, &detail::take_field<M> };
}

/// Reads one message.
template<typename Row> class MessageFiller {
public:
    MessageFiller(std::span<MessageField<Row> const> fields, Row& row, std::size_t most_text)
        : m_fields(fields)
        , m_row(row)
        , m_others(most_text)
    {
    }

    /// Damage ends it; what stood before was taken.
    // NOLINTNEXTLINE(misc-no-recursion): as deep as a FieldPath may be
    Result<void> read(protobuf::MessageReader reader)
    {
        protobuf::Field field;
        while (EXHIBIT_TRY(reader.next(field)))
            EXHIBIT_TRY(read_field(field));
        return {};
    }

    /// What was not taken (formats/protobuf/outline.hpp).
    [[nodiscard]] protobuf::Outline const& others() const { return m_others; }

private:
    /// How a known path fits the place where the reader stands.
    enum class Fit : std::uint8_t { none, on_the_way, here };

    [[nodiscard]] Fit fit(MessagePath const& path) const
    {
        auto const numbers = m_path.numbers();
        for (std::size_t i = 0; i != numbers.size(); ++i)
            if (i == path.size() || path[i] == 0 || path[i] != numbers[i])
                return Fit::none;
        return numbers.size() == path.size() || path[numbers.size()] == 0 ? Fit::here : Fit::on_the_way;
    }

    Result<void> read_field(protobuf::Field const& field) // NOLINT(misc-no-recursion): as `read`
    {
        if (!m_path.enter(field.number)) {
            m_others.add(m_path, field, protobuf::Guess::bytes);
            return {};
        }
        auto what = protobuf::guess(field);
        bool used = false;
        for (auto const& known : m_fields) {
            auto const fits = fit(known.path);
            if (fits == Fit::here && known.take(field, known.clock, m_row))
                used = true;
            if (fits == Fit::on_the_way && what == protobuf::Guess::text && protobuf::can_be_message(field))
                what = protobuf::Guess::message;
            if (used)
                break;
        }
        if (!used && what == protobuf::Guess::message)
            (void)read(protobuf::MessageReader { field }); // It was read before, to guess that it is one.
        else if (!used)
            m_others.add(m_path, field, what);
        m_path.leave();
        return {};
    }

    std::span<MessageField<Row> const> m_fields;
    Row& m_row;
    protobuf::Outline m_others;
    protobuf::FieldPath m_path;
};

} // namespace exhibit::ios
