#include "cli/password.hpp"

#include "base/environment.hpp"
#include "base/utf16.hpp"
#include "cli/signals.hpp"

#include <algorithm>
#include <fstream>

namespace exhibit::cli {

std::expected<PasswordSource, std::string> PasswordSource::create(std::filesystem::path const& file)
{
    PasswordSource source;
    if (!file.empty()) {
        constexpr std::size_t largest = std::size_t { 64 } << 10U;
        std::ifstream stream { file, std::ios::binary };
        std::string text(largest, '\0');
        stream.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(stream.gcount()));
        if (text.empty())
            return std::unexpected(fmt::format("no password could be read from {}", file.string()));
        // Windows' editor puts a byte order mark in front, its shell writes UTF-16.
        auto line = to_utf8(std::move(text));
        line.resize(std::min(line.find('\n'), line.size()));
        if (line.ends_with('\r'))
            line.pop_back();
        source.m_given = std::move(line);
    } else if (auto const given = environment("EXHIBIT_PASSWORD"); !given.empty()) {
        source.m_given = given;
    }
    return source;
}

std::optional<std::string> PasswordSource::get() const
{
    return m_given ? m_given : ask_password("Password or passphrase of this acquisition (not shown): ");
}

} // namespace exhibit::cli
