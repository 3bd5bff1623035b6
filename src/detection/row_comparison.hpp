#pragma once

#include "artifact/artifact.hpp"
#include "casefile/sink.hpp"
#include "detection/indicator_pass.hpp"

#include <memory>

namespace exhibit::detection {

/// What the comparison of all rows of a case came to.
struct Compared {
    std::vector<ScanUnit> units; ///< by the names of their tables
    std::uint64_t values = 0;
};

/// Compares rows with indicators while they are written, which saves reading them from the case afterwards.
/// The hits are those that `ScanUnit::run` finds there. Lives as long as they are used.
class RowComparison {
public:
    /// Rows are compared by so many threads, each with an observer of its own.
    RowComparison(indicators::IndicatorSet const& set, std::span<Artifact const* const> artifacts,
        TimesOfFiles const& files, unsigned threads);
    ~RowComparison();
    RowComparison(RowComparison const&) = delete;
    RowComparison& operator=(RowComparison const&) = delete;

    [[nodiscard]] std::vector<RowObserver*> observers() const;

    /// Joins what the observers found, in the order of tables and record ids. The last call.
    [[nodiscard]] Compared finish();

private:
    class Observer;
    class Seen;
    struct Compare;
    struct Places;

    std::vector<std::unique_ptr<CaseTable>> m_tables;
    std::vector<std::unique_ptr<Observer>> m_observers;
};

} // namespace exhibit::detection
