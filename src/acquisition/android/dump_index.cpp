#include "acquisition/android/dump_index.hpp"

#include "acquisition/android/dump_lines.hpp"
#include "acquisition/android/sliced_source.hpp"
#include "acquisition/file_source.hpp"
#include "base/line_reader.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

namespace exhibit::android {

namespace {

constexpr std::size_t kMostSections = 20'000; // Phones have some 300 services.
constexpr std::size_t kMostOfOnePath = 1'000;
constexpr std::size_t kMostInterrupted = 64;
constexpr std::size_t kMostSlices = 1'000;
constexpr std::uint64_t kMostRepeats = 16; // How often all of the text may be of another section too.
constexpr std::uint64_t kLeastStretch = 4U << 20U; ///< that is worth to be looked at by itself
constexpr std::size_t kMostStretches = 32;
constexpr std::size_t kMostStructureLines = 4'000; ///< of a stretch
constexpr std::size_t kWindow = std::size_t { 1 } << 20U;
constexpr std::size_t kLongestStructureLine = 512;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Whether sections of this name are each of another file, and one after the other tell the whole.
bool is_series(Section const& section)
{
    return !section.service && section.name == "shutdown_checkpoints";
}

/// Where the last slice of an interrupted section ends.
std::uint64_t end_of(Section const& section)
{
    return section.slices.back().offset + section.slices.back().size;
}

/// Puts the sections together while the lines pass.
class Indexer {
public:
    void add(std::string_view text, std::uint64_t offset, std::uint64_t next)
    {
        auto const line = dump_line(text);
        auto const begin_of_service = m_ruler.end == offset ? m_ruler.begin : offset;
        switch (line.kind) {
        case DumpLineKind::service_header:
            interrupt(begin_of_service);
            begin(std::string { line.name }, true, begin_of_service);
            m_current->urgent = line.urgent;
            break;
        case DumpLineKind::command_header:
            interrupt(offset);
            begin(snake_case_title(line.name), false, offset);
            break;
        case DumpLineKind::failure:
            if (m_current && m_current->service)
                m_current->cut = true;
            break;
        case DumpLineKind::service_end:
            m_ends_are_told = true;
            close_service(line.name, next);
            break;
        case DumpLineKind::command_end:
            m_command_ends_are_told = true;
            close_command(snake_case_title(line.name), next);
            break;
        case DumpLineKind::group:
            close_all(offset, next);
            break;
        case DumpLineKind::start:
            if (m_index.started.empty() && !line.name.empty() && line.name.front() >= '0'
                && line.name.front() <= '9')
                m_index.started = line.name.substr(0, line.name.find_last_not_of(" \t") + 1);
            break;
        case DumpLineKind::ruler:
        case DumpLineKind::other:
            break;
        }
        m_ruler = line.kind == DumpLineKind::ruler ? Stretch { offset, next } : Stretch {};
    }

    DumpIndex finish(std::uint64_t end)
    {
        if (m_current && (m_current->service ? m_ends_are_told : m_command_ends_are_told))
            m_current->cut = m_current->open = true;
        close_all(end, end);
        for (auto& [path, sections] : m_sections) {
            std::ranges::stable_sort(sections, {}, [](Section const& section) {
                return section.slices.empty() ? 0 : section.slices.front().offset;
            });
            std::uint64_t number = 0;
            for (auto& section : sections) {
                section.number = ++number;
                m_index.sections.push_back(std::move(section));
            }
        }
        return std::move(m_index);
    }

private:
    void begin(std::string name, bool service, std::uint64_t offset)
    {
        m_current.emplace();
        m_current->name = std::move(name);
        m_current->service = service;
        m_begin = offset;
        m_unowned = offset;
    }

    void put(Section& section, std::uint64_t begin, std::uint64_t end)
    {
        if (begin >= end)
            return;
        if (section.slices.size() >= kMostSlices) {
            m_index.too_many = true;
            return;
        }
        section.slices.push_back({ begin, end - begin });
        section.size += end - begin;
    }

    /// `end` is where what follows the section begins.
    void keep(Section section, std::uint64_t end)
    {
        auto path = section.path();
        auto const found = m_sections.find(path);
        if (found == m_sections.end() && m_sections.size() >= kMostSections) {
            m_index.too_many = true;
            return;
        }
        m_ends[path] = end;
        if (found == m_sections.end()) {
            m_sections[std::move(path)].push_back(std::move(section));
            return;
        }
        auto& first = found->second.front();
        if (is_series(section)) {
            for (auto const& slice : section.slices)
                put(first, slice.offset, slice.offset + slice.size);
            std::ranges::sort(first.slices, {}, &Slice::offset);
        } else if (found->second.size() >= kMostOfOnePath) {
            m_index.too_many = true;
        } else {
            found->second.push_back(std::move(section));
        }
    }

    /// Another section begins here. What dumpstate runs meanwhile comes to its end later, and then its own
    /// closing line says so.
    void interrupt(std::uint64_t end)
    {
        if (!m_current)
            return;
        put(*m_current, m_begin, end);
        if (m_interrupted.size() >= kMostInterrupted) {
            auto const rest = end_of(m_interrupted.front());
            keep(std::move(m_interrupted.front()), rest);
            m_interrupted.erase(m_interrupted.begin());
        }
        m_interrupted.push_back(std::move(*m_current));
        m_current.reset();
    }

    /// What runs meanwhile is of the command only where nothing else has it.
    void close_command(std::string_view name, std::uint64_t end)
    {
        auto const is_named
            = [&](Section const& section) { return !section.service && section.name == name; };
        if (m_current && is_named(*m_current)) {
            put(*m_current, m_begin, end);
            keep(std::move(*m_current), end);
            m_current.reset();
            m_unowned = end;
            return;
        }
        auto const last = std::ranges::find_if(m_interrupted.rbegin(), m_interrupted.rend(), is_named);
        if (last == m_interrupted.rend())
            return;
        // Under a header that has not been closed either, the text may be of both: lines of dumpstate's
        // other threads land anywhere. The one to which nobody gives it would lose rows without a word.
        put(*last, m_unowned, end);
        m_unowned = end;
        keep(std::move(*last), end);
        m_interrupted.erase(std::next(last).base());
    }

    /// Apps have texts in what services dump, and may write there what reads like other sections, or like the
    /// end of this one. So all from its header to its last closing line is the service's, and what stands in
    /// between is of others too.
    void close_service(std::string_view name, std::uint64_t end)
    {
        auto const is_named = [&](Section const& section) { return section.service && section.name == name; };
        Section whole;
        whole.name = name;
        whole.service = true;
        auto begin = end;
        auto const join = [&](Section const& section) {
            begin = std::min(begin, section.slices.empty() ? m_begin : section.slices.front().offset);
            whole.urgent = section.urgent;
            whole.cut = whole.cut || section.cut;
        };
        std::ranges::for_each(m_interrupted | std::views::filter(is_named), join);
        std::erase_if(m_interrupted, is_named);
        if (m_current && is_named(*m_current)) {
            join(*m_current);
            m_current.reset();
        }
        if (begin != end) {
            put_again(whole, begin, end);
            keep(std::move(whole), end);
        } else if (auto const found = m_sections.find(whole.path()); found != m_sections.end()) {
            put_again(found->second.back(), std::exchange(m_ends[whole.path()], end), end);
        }
        m_unowned = end;
    }

    /// Text that other sections may have too, as far as there is not too much of that.
    void put_again(Section& section, std::uint64_t begin, std::uint64_t end)
    {
        m_repeated += end - begin;
        bool const is_too_much = m_repeated / kMostRepeats > end;
        m_index.too_many = m_index.too_many || is_too_much;
        put(section, is_too_much ? m_unowned : begin, end);
    }

    /// `next` is where what follows begins.
    void close_all(std::uint64_t end, std::uint64_t next)
    {
        interrupt(end);
        for (auto& section : m_interrupted) {
            auto const rest = end_of(section);
            keep(std::move(section), rest == end ? next : rest);
        }
        m_interrupted.clear();
        m_unowned = next;
    }

    DumpIndex m_index;
    std::map<std::string, std::vector<Section>> m_sections; ///< by path
    std::map<std::string, std::uint64_t> m_ends; ///< where what follows the last section of a path begins
    std::uint64_t m_repeated = 0; ///< bytes of services that others may have too
    std::optional<Section> m_current;
    std::uint64_t m_begin = 0; ///< of the current section's last slice
    std::vector<Section> m_interrupted;
    std::uint64_t m_unowned = 0; ///< where text begins that no closed section has yet
    bool m_ends_are_told = false; ///< a closing line of a service was seen
    bool m_command_ends_are_told = false; ///< likewise of a command
    Stretch m_ruler; ///< the last line, if it was a ruler
};

/// The lines of a stretch of the text that are part of the structure: few among very many.
class StructureLines {
public:
    void add(std::string_view text, std::uint64_t offset, std::uint64_t next)
    {
        if (!m_is_whole || !may_be_structure(text) || dump_line(text).kind == DumpLineKind::other)
            return;
        m_is_whole = m_lines.size() < kMostStructureLines;
        if (m_is_whole)
            m_lines.push_back({ std::string { text }, offset, next });
    }

    /// False when there are more than are kept.
    [[nodiscard]] bool are_all() const { return m_is_whole; }

    void show(Indexer& indexer) const
    {
        for (auto const& line : m_lines)
            indexer.add(line.text, line.offset, line.next);
    }

private:
    struct StructureLine {
        std::string text;
        std::uint64_t offset = 0;
        std::uint64_t next = 0;
    };

    std::vector<StructureLine> m_lines;
    bool m_is_whole = true;
};

/// Hands out the lines of a source, the long ones cut: only short ones can be part of the structure.
template<typename Receiver> class Lines {
public:
    Lines(Source const& text, Receiver& receiver, std::stop_token const& stop)
        : m_text(text)
        , m_receiver(receiver)
        , m_stop(stop)
    {
    }

    Result<void> run(Stretch stretch)
    {
        auto const end = std::min(stretch.end, m_text.size());
        auto const whole = as_text(m_text.in_memory());
        if (!whole.empty()) {
            pass(whole.substr(stretch.begin, end - stretch.begin), stretch.begin, true);
            return {};
        }
        auto offset = stretch.begin;
        std::vector<std::byte> buffer(
            static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, end - offset)));
        for (;;) {
            if (m_stop.stop_requested())
                return fail(Fault::cancelled, "cancelled");
            auto const room = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - offset));
            auto const count = EXHIBIT_TRY(m_text.read_at(offset, std::span { buffer }.first(room)));
            bool const last = count < room || offset + count == end;
            auto const used = pass(as_text(Bytes { buffer }.first(count)), offset, last);
            if (last)
                return {};
            offset += used;
        }
    }

private:
    /// Returns how many bytes are done with: up to the last line that ends in the window.
    std::size_t pass(std::string_view window, std::uint64_t offset, bool last)
    {
        std::size_t at = 0;
        while (at < window.size()) {
            auto const* const found = std::memchr(window.data() + at, '\n', window.size() - at);
            if (found == nullptr && !last && at != 0)
                return at;
            auto const end = found == nullptr
                ? window.size()
                : static_cast<std::size_t>(static_cast<char const*>(found) - window.data());
            auto const next = std::min(end + 1, window.size());
            auto const line = window.substr(at, end - at);
            if (!m_inside_long_line && line.size() <= kLongestStructureLine)
                m_receiver.add(line, offset + at, offset + next);
            m_inside_long_line = found == nullptr;
            at = next;
        }
        return at;
    }

    Source const& m_text;
    Receiver& m_receiver;
    std::stop_token const& m_stop;
    bool m_inside_long_line = false; ///< the window ended within a line that is longer than a window
};

/// Looks at the stretches of a long text at once, and puts together what they have in their order.
Result<void> run_in_stretches(
    Source const& text, std::span<Stretch const> stretches, Indexer& indexer, OpenOptions const& options)
{
    std::vector<StructureLines> found(stretches.size());
    std::vector<Result<void>> results(stretches.size());
    std::atomic<std::size_t> next = 0;
    options.parallel(options.jobs, [&](unsigned) {
        for (auto at = next.fetch_add(1); at < stretches.size(); at = next.fetch_add(1))
            results[at] = Lines { text, found[at], options.stop }.run(stretches[at]);
    });
    for (std::size_t at = 0; at != stretches.size(); ++at) {
        EXHIBIT_TRY(results[at]);
        if (found[at].are_all())
            found[at].show(indexer);
        else
            EXHIBIT_TRY(Lines(text, indexer, options.stop).run(stretches[at]));
    }
    return {};
}

} // namespace

std::string Section::path() const
{
    return (service ? "@dumpsys/" : "@dumpstate/") + name;
}

Section const* DumpIndex::find(std::string_view path) const
{
    auto const found = std::ranges::lower_bound(sections, path, {}, &Section::path);
    return found == sections.end() || found->path() != path ? nullptr : &*found;
}

bool DumpIndex::has_whole(std::string_view path) const
{
    for (auto const& section : std::ranges::equal_range(sections, path, {}, &Section::path))
        if (!section.cut && !section.urgent)
            return true;
    return false;
}

std::string snake_case_title(std::string_view title)
{
    std::string name;
    for (char const c : title.substr(0, title.find('('))) {
        auto const letter = lower(c);
        if (is_word(letter))
            name += letter;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    while (name.ends_with('_'))
        name.pop_back();
    return name;
}

Result<DumpIndex> index_dump(Source const& text, OpenOptions const& options)
{
    Indexer indexer;
    std::vector<Stretch> stretches(1);
    if (options.parallel && options.jobs > 1)
        stretches = EXHIBIT_TRY(cut_at_lines(text, kLeastStretch, kMostStretches));
    if (stretches.size() > 1)
        EXHIBIT_TRY(run_in_stretches(text, stretches, indexer, options));
    else
        EXHIBIT_TRY(Lines(text, indexer, options.stop).run(stretches.front()));
    return indexer.finish(text.size());
}

bool looks_like_dump(std::string_view head)
{
    bool group = false;
    bool ruler = false;
    while (!head.empty()) {
        auto const end = head.find('\n');
        if (end == head.npos)
            break;
        auto const kind = dump_line(head.substr(0, end)).kind;
        head.remove_prefix(end + 1);
        if ((kind == DumpLineKind::start && group) || (kind == DumpLineKind::service_header && ruler))
            return true;
        group = kind == DumpLineKind::group;
        ruler = kind == DumpLineKind::ruler;
    }
    return false;
}

std::unique_ptr<Source> open_section(std::shared_ptr<Source const> text, Section const& section)
{
    if (section.slices.size() == 1)
        return std::make_unique<PartSource>(
            std::move(text), section.slices.front().offset, section.slices.front().size);
    return std::make_unique<SlicedSource>(std::move(text), section.slices);
}

} // namespace exhibit::android
