#pragma once

#include "report/translation.hpp"

#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <stop_token>
#include <string>
#include <string_view>

namespace exhibit::cli {

/// How a run ended. Documented in docs/exit-codes.md; `could_not_run` wins over `findings`, that over
/// `damaged`. A run ended by a signal returns 128 plus its number.
enum class ExitCode : std::uint8_t {
    good = 0,
    findings = 1, ///< `check`: a finding at or above --fail-on
    could_not_run = 2,
    damaged = 3, ///< `check`: something was damaged or unreadable
    interrupted = 130,
    broken_pipe = 141,
    terminated = 143,
};

/// What a piece of text means, where colors are on.
enum class Paint : std::uint8_t { plain, strong, faint, alarm, warning, notice, good };

/// One of the two streams of the process, buffered. A failed write is remembered, not thrown.
class Output {
public:
    explicit Output(std::FILE* stream)
        : m_stream(stream)
    {
    }
    Output(Output const&) = delete;
    Output& operator=(Output const&) = delete;
    ~Output() { flush(); }

    void write(std::string_view text);
    template<typename... Arguments>
    void print(fmt::format_string<Arguments...> format, Arguments&&... arguments)
    {
        fmt::format_to(std::back_inserter(m_buffer), format, std::forward<Arguments>(arguments)...);
        if (m_buffer.size() >= kFlushAt)
            flush();
    }
    void flush();

    [[nodiscard]] bool failed() const { return m_error != 0; }
    [[nodiscard]] int error() const { return m_error; } ///< errno of the first failed write, or 0
    [[nodiscard]] bool is_terminal() const;

private:
    static constexpr std::size_t kFlushAt = 1U << 16U;

    std::FILE* m_stream;
    std::string m_buffer;
    int m_error = 0;
};

enum class Color : std::uint8_t { automatic, always, never };

/// What every command works with: the two streams, whether they take colors, and whether to stop.
/// Text from evidence goes through `escape_for_terminal` before it is written to either stream.
class Session {
public:
    explicit Session(std::stop_token stop)
        : m_stop(std::move(stop))
    {
    }

    /// For `--color`; `automatic` means: where the stream is a terminal and NO_COLOR is not set.
    void set_color(Color color);

    /// For `--lang`: a language, a `.po` file, or nothing for that of the environment. False when the file
    /// cannot be used.
    [[nodiscard]] bool set_language(std::string const& language);
    /// A text for people in their language; English where there is no translation. Not escaped.
    [[nodiscard]] std::string translate(std::string_view text) const { return m_words.translate(text); }

    [[nodiscard]] Output& out() { return m_out; }
    [[nodiscard]] Output& err() { return m_err; }
    [[nodiscard]] std::stop_token const& stop() const { return m_stop; }

    /// `text` in a color if standard output takes colors. `text` must be escaped already.
    [[nodiscard]] std::string paint(Paint paint, std::string_view text) const;
    [[nodiscard]] bool colors() const { return m_colors; }

    /// Says on standard error why the command cannot go on and what to do about it; returns `could_not_run`.
    ExitCode refuse(std::string_view message, std::string_view advice = {});

private:
    std::stop_token m_stop;
    Output m_out { stdout };
    Output m_err { stderr };
    report::Catalogue m_words;
    bool m_colors = false;
    bool m_error_colors = false;
};

} // namespace exhibit::cli
