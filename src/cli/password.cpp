#include "cli/password.hpp"

#include "base/environment.hpp"
#include "cli/signals.hpp"

#include <fstream>

namespace exhibit::cli {

std::expected<PasswordSource, std::string> PasswordSource::create(std::filesystem::path const& file)
{
    PasswordSource source;
    if (!file.empty()) {
        std::ifstream stream { file, std::ios::binary };
        std::string line;
        if (!stream || !std::getline(stream, line))
            return std::unexpected(fmt::format("no password could be read from {}", file.string()));
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

std::string_view PasswordSource::advice()
{
    return "type it when asked on a terminal, or give it with --password-file or in EXHIBIT_PASSWORD";
}

} // namespace exhibit::cli
