#pragma once

#include "cli/session.hpp"

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace exhibit::cli {

/// Where a password comes from, in this order: a file, the environment variable EXHIBIT_PASSWORD, the
/// terminal. Never an argument, which every user of the machine could see.
class PasswordSource {
public:
    /// Reads the first line of `file` at once, so that a wrong path is told before the work begins.
    static std::expected<PasswordSource, std::string> create(std::filesystem::path const& file);

    /// Asks on the terminal if neither file nor environment has one.
    [[nodiscard]] std::optional<std::string> get() const;

private:
    std::optional<std::string> m_given;
};

} // namespace exhibit::cli
