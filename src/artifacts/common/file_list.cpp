#include "artifacts/common/file_list.hpp"

#include "base/line_reader.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <array>

namespace exhibit {
namespace {

constexpr std::size_t kFieldCount = 8;

std::string unescaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i != text.size(); ++i) {
        char c = text[i];
        if (c == '\\' && i + 1 != text.size()) {
            c = text[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        out += c;
    }
    return out;
}

std::optional<std::string_view> known(std::string_view text)
{
    return text == "-" ? std::nullopt : std::optional { text };
}

/// The fields of a line; nothing when it has another number of them.
std::optional<std::array<std::string_view, kFieldCount>> fields_of(std::string_view line)
{
    std::array<std::string_view, kFieldCount> fields;
    for (std::size_t i = 0; i != kFieldCount; ++i) {
        auto const end = line.find('\t');
        if ((end == std::string_view::npos) != (i + 1 == kFieldCount))
            return std::nullopt;
        fields[i] = line.substr(0, end);
        line.remove_prefix(std::min(line.size(), end == std::string_view::npos ? end : end + 1));
    }
    return fields;
}

} // namespace

Result<void> for_each_listed_file(
    Input const& input, Context& context, std::function<Result<void>(ListedFile const&, Origin)> const& use)
{
    LineReader reader { *input.source };
    for (Line line; reader.next(line);) {
        Origin const origin { line.number };
        auto const fields = fields_of(line.text);
        if (!fields) {
            context.note(
                Level::damage, Fault::malformed, "a line of the list of files has other fields", origin);
            continue;
        }
        auto const& [kind, size, modified, sha256, md5, sha1, path, stored] = *fields;
        ListedFile file { unescaped(path), unescaped(stored), kind, whole_number<std::int64_t>(size), {},
            known(sha256), known(md5), known(sha1) };
        if (auto const micros = whole_number<std::int64_t>(modified))
            file.modified = Time::unix_micros(*micros);
        EXHIBIT_TRY(use(file, origin));
    }
    return reader.result();
}

} // namespace exhibit
