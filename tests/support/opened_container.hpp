#pragma once

#include "acquisition/container.hpp"
#include "base/text.hpp"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>

namespace exhibit::test {

/// Null, and a failed test, where it cannot be opened.
inline std::shared_ptr<Container const> opened_container(std::filesystem::path const& path)
{
    auto container = open_container(path, {});
    EXPECT_TRUE(container.has_value()) << (container ? "" : container.error().message);
    return container ? *container : nullptr;
}

/// The content of a file, or what says why there is none.
inline std::string content_of(Container const& container, std::string_view path)
{
    auto const source = container.open(path);
    if (!source)
        return std::string { "error: " } + std::string { source.error().what };
    auto const content = read_all(**source, 1U << 30U);
    return content ? std::string { as_text(content->bytes()) } : "unreadable";
}

} // namespace exhibit::test
