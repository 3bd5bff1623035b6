#pragma once

#include "acquisition/container.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace exhibit {

/// A kind of acquisition, how it is recognised by content, and how it is opened. To add a kind, add a line to
/// the table in recognizers.cpp.
struct Recognizer {
    std::string_view name; ///< for the person, with its article: `an iOS backup`

    /// Whether an acquisition of this kind begins at a folder of the container; empty is the container
    /// itself. Looks up a few names, and reads no more than the beginning of a file.
    bool (*is_at)(Container const& container, std::string const& folder);

    /// Null for what is recognised only to tell the person what was found.
    std::expected<std::unique_ptr<Acquisition>, Refusal> (*open)(
        std::shared_ptr<Container const> const& container, std::string const& folder,
        OpenOptions const& options);

    /// What is opened; nothing for what cannot be.
    std::optional<AcquisitionKind> kind {};

    /// What to do instead, for what cannot be opened.
    std::string_view advice {};

    /// Whether all that lies in its folder belongs to it. A loose file, such as the text of a bug report,
    /// says nothing of the folder that it was put into.
    bool owns_folder = false;

    /// Whether it is never a part of another acquisition.
    bool stands_alone = false;
};

/// The first that fits counts.
std::span<Recognizer const> recognizers();

} // namespace exhibit
