// Every artifact as a fuzz target. An input is the artifact's id, a newline and the bytes of an entry; with
// EXHIBIT_FUZZ_ARTIFACT=<id> in the environment it is the bytes alone. Aborts when a row breaks a promise,
// or when a parser goes on after a limit was reached.
#include "artifact/registry.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace exhibit;

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// Adds up all bytes, so that a sanitizer sees a view that points to nowhere.
std::size_t touch(std::string_view text)
{
    std::size_t sum = 0;
    for (char const c : text)
        sum += static_cast<unsigned char>(c);
    return sum;
}

class FuzzContext final : public Context {
public:
    explicit FuzzContext(Artifact const& artifact)
        : m_artifact(artifact)
    {
        m_limits.rows = 20'000; // Enough to see a parser end well, few enough to be quick.
        m_limits.unpacked = 16U << 20U;
    }

    using Context::note;
    void note(Level, Fault, std::string_view message, Origin) override { m_touched += touch(message); }
    [[nodiscard]] Limits const& limits() const override { return m_limits; }
    [[nodiscard]] std::stop_token stop() const override { return {}; }
    [[nodiscard]] bool limit_reached() const { return m_limit_reached; }

protected:
    Result<void> add_row(Table const& table, void const* row, Origin) override
    {
        require(!m_limit_reached);
        require(std::ranges::find(m_artifact.tables, &table) != m_artifact.tables.end());
        for (auto const& column : table.columns)
            check(column, column.read(row));
        m_limit_reached = ++m_rows > m_limits.rows;
        return m_limit_reached ? Result<void> { fail(Fault::over_limit, "more rows than the limit") }
                               : Result<void> {};
    }

private:
    void check(Column const& column, Value const& value)
    {
        if (auto const* text = std::get_if<std::string_view>(&value)) {
            require(column.type == Type::text);
            m_touched += touch(*text);
        } else if (auto const* bytes = std::get_if<Bytes>(&value)) {
            require(column.type == Type::blob);
            m_touched += touch(as_text(*bytes));
        } else if (auto const* time = std::get_if<Time const*>(&value)) {
            require(column.type == Type::time);
            require(!(*time)->utc || plausible_micros((*time)->utc->time_since_epoch().count()).has_value());
            require(!(*time)->absent() || !(*time)->utc);
        } else if (std::holds_alternative<double>(value)) {
            require(column.type == Type::real);
        } else if (auto const* number = std::get_if<std::int64_t>(&value)) {
            require(column.type == Type::integer
                || (column.type == Type::boolean && (*number == 0 || *number == 1)));
        }
    }

    Artifact const& m_artifact;
    Limits m_limits;
    std::size_t m_rows = 0;
    std::size_t m_touched = 0;
    bool m_limit_reached = false;
};

void run(Artifact const& artifact, std::string_view path, std::string_view content)
{
    MemorySource const source { as_bytes(content) };
    FuzzContext context { artifact };
    Input input;
    input.path = path;
    input.stored = input.path;
    input.source = &source;
    input.beside = &source; // Bytes as hostile as any others.
    auto const result = artifact.parse(input, context);
    require(!context.limit_reached() || (!result && result.error().fault == Fault::over_limit));
}

/// An artifact may read several kinds of files, and tells them apart by their path.
void run(Artifact const& artifact, std::string_view content)
{
    for (auto const pattern : artifact.paths) {
        std::string path { pattern };
        std::ranges::replace(path, '*', '1');
        run(artifact, path, content);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static auto const* const chosen = std::getenv("EXHIBIT_FUZZ_ARTIFACT"); // NOLINT(concurrency-mt-unsafe)
    std::string_view input { reinterpret_cast<char const*>(data), size };
    if (chosen != nullptr) {
        auto const* artifact = find_artifact(chosen);
        require(artifact != nullptr);
        run(*artifact, input);
        return 0;
    }
    auto const line = input.find('\n');
    auto const* artifact = line == std::string_view::npos ? nullptr : find_artifact(input.substr(0, line));
    if (artifact == nullptr)
        return -1;
    run(*artifact, input.substr(line + 1));
    return 0;
}
