#include "acquisition/ios_file_system/declared.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace exhibit::ios_file_system {

namespace {

constexpr std::string_view kVar = "/private/var/";
// Enough for a part that somebody chose; a folder of other things is not walked to its end.
constexpr std::size_t kMostNodes = 50'000;
constexpr unsigned kDeepest = 3; ///< folders above `private`
constexpr std::ptrdiff_t kTellingDepth = 4; ///< slashes in `/private/var/logs/lockdownd.log*`

/// How much the path of a file must say by itself.
enum class Tells {
    nothing, ///< what lies there is looked at if it is a phone
    anything, ///< it lies in `private/var`
    of_var, ///< it lies in a `var`, which other systems have too
    by_itself,
};

/// How much a pattern says of what fits it. One that takes all that lies in a folder says no more than the
/// name of the folder, and folders such as `tmp` are everywhere; one of single stars says less.
Tells told_by(std::string_view pattern)
{
    auto fixed = pattern.substr(0, pattern.find_first_of("*?"));
    bool const is_folder = fixed.ends_with('/');
    if (is_folder)
        fixed.remove_suffix(1);
    auto const rest = pattern.substr(fixed.size());
    bool const takes_all = is_folder && rest.find_first_not_of("/*") == std::string_view::npos;
    auto const depth = std::ranges::count(fixed, '/') - (takes_all ? 1 : 0);
    if (depth >= kTellingDepth)
        return Tells::by_itself;
    if (!takes_all || depth == kTellingDepth - 1)
        return Tells::of_var;
    return rest == "/**" ? Tells::anything : Tells::nothing;
}

/// What is looked for in /private/var.
class Declared {
public:
    explicit Declared(std::span<std::string const> wanted)
    {
        for (std::string_view const pattern : wanted) {
            if (!pattern.starts_with(kVar))
                continue;
            auto const fixed = pattern.substr(0, pattern.find_first_of("*?"));
            m_patterns.push_back({ pattern, fixed, told_by(pattern) });
        }
    }

    [[nodiscard]] bool fits(std::string_view below_var, Tells least) const
    {
        auto const path = std::string { kVar }.append(below_var);
        return std::ranges::any_of(m_patterns, [&](Pattern const& pattern) {
            return pattern.tells >= least && path.starts_with(pattern.fixed)
                && glob_match(pattern.text, path);
        });
    }

private:
    struct Pattern {
        std::string_view text;
        std::string_view fixed; ///< of it, before the first wildcard
        Tells tells;
    };
    std::vector<Pattern> m_patterns;
};

/// The part that this file is in, when its path below a folder is one that is looked for.
std::optional<Part> part_below(
    Declared const& declared, std::string const& folder, std::string_view path_below)
{
    auto const fits_below = [&](std::string_view above, Tells least) {
        return path_below.starts_with(above) && declared.fits(path_below.substr(above.size()), least);
    };
    if (fits_below("private/var/", Tells::anything))
        return Part { folder, { { folder, "" } } };
    if (fits_below("var/", Tells::of_var))
        return Part { folder, { { join_path(folder, "var"), "/private/var" } } };
    if (fits_below("", Tells::by_itself))
        return Part { folder, { { folder, "/private/var" } } };
    return std::nullopt;
}

std::optional<Part> part_of(Declared const& declared, std::string_view path)
{
    std::size_t begin = 0;
    for (unsigned depth = 0; depth <= kDeepest; ++depth) {
        auto const folder = std::string { path.substr(0, begin == 0 ? 0 : begin - 1) };
        if (auto part = part_below(declared, folder, path.substr(begin)))
            return part;
        auto const slash = path.find('/', begin);
        if (slash == std::string_view::npos)
            break;
        begin = slash + 1;
    }
    return std::nullopt;
}

/// What has the folders of a Mac's users is no phone, whatever else the two have in common.
bool is_of_mac(Container const& container, std::string const& folder)
{
    return container.find(join_path(folder, "Users")).has_value();
}

} // namespace

std::optional<Part> find_declared_part(Container const& container, OpenOptions const& options)
{
    if (container.form() == "single file")
        return std::nullopt;
    Declared const declared { options.wanted };
    std::optional<Part> found;
    std::size_t nodes = 0;
    // What cannot be listed holds nothing that could be found.
    (void)container.visit({}, [&](Node const& node) {
        if (node.kind == EntryKind::file)
            found = part_of(declared, node.path);
        return !found && ++nodes < kMostNodes && !options.stop.stop_requested();
    });
    if (found && is_of_mac(container, found->folder))
        return std::nullopt;
    return found;
}

} // namespace exhibit::ios_file_system
