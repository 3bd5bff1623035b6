#pragma once

#include "indicators/indicator.hpp"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::indicators {

class Index;

/// Everything that was loaded, compiled for matching. Immutable: may be copied (cheaply) and used by
/// any number of threads, each with a Matcher of its own.
class IndicatorSet {
public:
    /// An empty set.
    IndicatorSet();

    /// In the order in which they were loaded; a match refers to one by its index here.
    [[nodiscard]] std::span<Indicator const> indicators() const;
    [[nodiscard]] std::span<Pack const> packs() const;
    /// What could not be used, and why.
    [[nodiscard]] std::span<Problem const> problems() const;
    [[nodiscard]] std::size_t count(Kind) const;
    [[nodiscard]] std::size_t count(Reason) const;

    /// For the matcher.
    [[nodiscard]] Index const& index() const;

private:
    friend class SetBuilder;
    struct Content;
    explicit IndicatorSet(std::shared_ptr<Content const> content);

    std::shared_ptr<Content const> m_content;
};

/// One value as a loader found it; the text is copied.
struct RawIndicator {
    std::string_view id;
    std::string_view value;
    std::string_view source;
    std::span<Name const> names;
    std::optional<Timestamp> created;
    std::optional<Timestamp> valid_until;
    Kind kind = Kind::domain;
    Compare compare = Compare::equal;
    Tlp tlp = Tlp::unmarked;
    AmbiguousValue ambiguity; ///< as its publisher says; what the register says of the value goes before
};

/// Collects what loaders read, pack by pack, and compiles it.
class SetBuilder {
public:
    SetBuilder();
    SetBuilder(SetBuilder&&) noexcept;
    SetBuilder& operator=(SetBuilder&&) noexcept;
    ~SetBuilder();

    /// What follows belongs to this pack. Its counts and `published` are filled in by what is added.
    void begin_pack(Pack pack);
    /// The pack begun last, for what a loader learns while reading it.
    [[nodiscard]] Pack& pack();

    /// Adds an indicator, or a problem when its value can never match.
    void add(RawIndicator const& raw);
    void add_problem(Reason reason, std::string_view id, std::string_view detail);
    /// How many indicators were taken so far.
    [[nodiscard]] std::size_t size() const;

    /// Leaves the builder empty.
    [[nodiscard]] IndicatorSet build();

private:
    class Work;
    std::unique_ptr<Work> m_work;
};

} // namespace exhibit::indicators
