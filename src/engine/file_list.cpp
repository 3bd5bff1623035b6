#include "engine/file_list.hpp"

#include <fmt/format.h>

namespace exhibit {
namespace {

/// Content that sources share.
class TextSource final : public Source {
public:
    explicit TextSource(std::shared_ptr<std::string const> text)
        : m_text(std::move(text))
        , m_source(as_bytes(*m_text))
    {
    }

    [[nodiscard]] std::uint64_t size() const override { return m_source.size(); }
    [[nodiscard]] Bytes in_memory() const override { return m_source.in_memory(); }
    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return m_source.read_at(offset, into);
    }

private:
    std::shared_ptr<std::string const> m_text;
    MemorySource m_source;
};

std::string_view name_of(EntryKind kind)
{
    return kind == EntryKind::file ? "file" : kind == EntryKind::folder ? "folder" : "link";
}

void append_escaped(std::string& out, std::string_view text)
{
    for (char const c : text) {
        if (c == '\n' || c == '\t' || c == '\\')
            out += '\\';
        out += c == '\n' ? 'n' : c == '\t' ? 't' : c;
    }
}

std::string_view known(std::string const& text)
{
    return text.empty() ? std::string_view { "-" } : text;
}

void append_line(std::string& out, EntryView const& view, Hashes const* hashes)
{
    FileDigests const* digests = nullptr;
    if (hashes != nullptr && view.kind == EntryKind::file)
        digests = hashes->find(view.handle, view.stored);
    FileDigests const none;
    auto const& [sha256, md5, sha1] = digests == nullptr ? none : *digests;
    auto const modified
        = view.modified ? std::to_string(view.modified->time_since_epoch().count()) : std::string { "-" };
    fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t{}\t{}\t{}\t", name_of(view.kind), view.size,
        modified, known(sha256), known(md5), known(sha1));
    append_escaped(out, view.path);
    out += '\t';
    append_escaped(out, view.stored);
    out += '\n';
}

} // namespace

Result<void> FileListed::visit(std::function<bool(EntryView const&)> const& visitor) const
{
    bool stopped = false;
    EXHIBIT_TRY(m_acquisition.visit([&](EntryView const& view) {
        stopped = !visitor(view);
        return !stopped;
    }));
    if (stopped)
        return {};
    EntryView list;
    list.path = kFileListPath;
    list.stored = kFileListPath;
    visitor(list);
    return {};
}

Result<std::unique_ptr<Source>> FileListed::open(Entry const& entry) const
{
    if (entry.path != kFileListPath)
        return m_acquisition.open(entry);
    std::lock_guard const lock { m_mutex };
    auto text = m_text.lock();
    if (!text) {
        auto made = std::make_shared<std::string>();
        EXHIBIT_TRY(m_acquisition.visit([&](EntryView const& view) {
            append_line(*made, view, m_hashes);
            return true;
        }));
        text = std::move(made);
        m_text = text;
    }
    return std::make_unique<TextSource>(std::move(text));
}

} // namespace exhibit
