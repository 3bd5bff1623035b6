#include "cli/session.hpp"

#include "base/environment.hpp"
#include "base/text.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace exhibit::cli {
namespace {

std::string_view start_of(Paint paint)
{
    constexpr std::array<std::string_view, 7> starts { "", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[33m",
        "\x1b[36m", "\x1b[32m" };
    return starts[static_cast<std::size_t>(paint)];
}

std::string painted(Paint paint, std::string_view text, bool colors)
{
    if (!colors || paint == Paint::plain || text.empty())
        return std::string { text };
    return fmt::format("{}{}\x1b[0m", start_of(paint), text);
}

bool takes_colors(Color color, Output const& output)
{
    if (color != Color::automatic)
        return color == Color::always;
    auto const terminal = environment("TERM");
    return environment("NO_COLOR").empty() && !terminal.empty() && terminal != "dumb" && output.is_terminal();
}

/// The language of messages, as other programs choose it.
std::string_view language_of_environment()
{
    for (auto const* name : { "LC_ALL", "LC_MESSAGES", "LANG" })
        if (auto const value = environment(name); !value.empty())
            return value;
    return {};
}

} // namespace

bool Session::set_language(std::string const& language)
{
    if (language.empty()) {
        m_words = report::Catalogue::of_language(language_of_environment());
        return true;
    }
    if (!language.ends_with(".po")) {
        m_words = report::Catalogue::of_language(language);
        if (m_words.size() == 0 && !language.starts_with("en") && language != "C")
            err().print(
                "there is no translation into {} yet: texts are in English\n", escape_for_terminal(language));
        return true;
    }
    std::ifstream const file { language, std::ios::binary };
    std::ostringstream text;
    text << file.rdbuf();
    auto words = report::Catalogue::parse(text.str());
    if (!file || !words)
        return false;
    m_words = *std::move(words);
    return true;
}

void Output::write(std::string_view text)
{
    m_buffer += text;
    if (m_buffer.size() >= kFlushAt)
        flush();
}

void Output::flush()
{
    std::string_view left = m_buffer;
    while (!left.empty() && m_error == 0) {
        auto const written = ::write(::fileno(m_stream), left.data(), left.size());
        if (written > 0)
            left.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            m_error = errno;
    }
    m_buffer.clear();
}

bool Output::is_terminal() const
{
    return ::isatty(::fileno(m_stream)) == 1;
}

void Session::set_color(Color color)
{
    m_colors = takes_colors(color, m_out);
    m_error_colors = takes_colors(color, m_err);
}

std::string Session::paint(Paint paint, std::string_view text) const
{
    return painted(paint, text, m_colors);
}

ExitCode Session::refuse(std::string_view message, std::string_view advice)
{
    m_out.flush();
    m_err.print("{} {}\n", painted(Paint::alarm, "exhibit:", m_error_colors), escape_for_terminal(message));
    if (!advice.empty())
        m_err.print("  {}\n", escape_for_terminal(advice));
    m_err.flush();
    return ExitCode::could_not_run;
}

} // namespace exhibit::cli
