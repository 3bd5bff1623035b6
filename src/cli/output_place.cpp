#include "cli/output_place.hpp"

#include "base/partial_name.hpp"
#include "base/text.hpp"
#include "cli/case_name.hpp"

#include <fmt/format.h>

namespace exhibit::cli {
namespace {

namespace fs = std::filesystem;

/// Also through links, and by another name of the same file.
bool is_same(fs::path const& one, fs::path const& other)
{
    std::error_code error;
    return fs::equivalent(one, other, error) && !error;
}

Refusal refused(std::string message, std::string_view advice)
{
    return { Fault::unsupported, std::move(message), std::string { advice } };
}

} // namespace

std::optional<Refusal> forbidden(OutputPlace const& place)
{
    constexpr std::string_view never_written = "evidence is never written to: name another place";
    auto const name = place.path.string();
    if (is_same(place.path, place.evidence))
        return refused(fmt::format("{} is the evidence itself", name), never_written);
    if (lies_inside(place.path, place.evidence))
        return refused(fmt::format("{} would lie inside the evidence", name), never_written);
    std::error_code error;
    auto const status = fs::symlink_status(place.path, error);
    for (auto const& input : place.inputs)
        if (is_same(place.path, input) || (fs::exists(status) && lies_inside(place.path, input)))
            return refused(fmt::format("{} is read by this command and would be lost", name),
                "name another place to write to");
    if (auto const around = acquisition_around(place.path))
        return refused(is_same(place.path, around->folder)
                ? fmt::format("{} is {}", name, around->name)
                : fmt::format("{} would lie in {}: {}", name, around->name, around->folder.string()),
            never_written);
    if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))
        return refused(fmt::format("{} is neither a file nor a folder, but a link, device or pipe", name),
            "name a file");
    return std::nullopt;
}

void say_what_was_left(Session& session, fs::path const& output)
{
    for (auto const& left : partial_leftovers(output))
        session.err().print("{} is left of a run that was killed. It holds evidence: remove it when no other "
                            "computer is writing there.\n",
            escape_for_terminal(left.string()));
}

} // namespace exhibit::cli
