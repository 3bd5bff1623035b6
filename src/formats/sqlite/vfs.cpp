// SQLite's interface: https://www.sqlite.org/c3ref/vfs.html
#include "formats/sqlite/vfs.hpp"

#include "formats/sqlite/pages.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <sqlite3.h>
#include <string_view>
#include <vector>

namespace exhibit::sqlite {

namespace {

/// Which names are mounted. SQLite hands a VFS nothing but the name, so one table has to exist.
class Mounts {
public:
    static Mounts& instance()
    {
        static Mounts mounts;
        return mounts;
    }

    std::string add(MountedPages::State* state)
    {
        std::lock_guard const lock { m_mutex };
        auto name = "evidence-" + std::to_string(++m_last);
        m_states.emplace(name, state);
        return name;
    }

    void remove(std::string const& name)
    {
        std::lock_guard const lock { m_mutex };
        m_states.erase(name);
    }

    MountedPages::State* find(std::string_view name)
    {
        std::lock_guard const lock { m_mutex };
        auto const found = m_states.find(name);
        return found == m_states.end() ? nullptr : found->second;
    }

private:
    std::mutex m_mutex;
    std::uint64_t m_last = 0;
    std::map<std::string, MountedPages::State*, std::less<>> m_states;
};

/// What SQLite allocates for an open database. It begins as SQLite's own struct does.
struct EvidenceFile {
    sqlite3_file base;
    MountedPages::State* state;
};

/// A temporary file: chunks, so that growing copies nothing.
class Scratch {
public:
    static constexpr std::size_t kChunk = 64U << 10U;

    [[nodiscard]] std::size_t size() const { return m_size; }

    std::size_t read(std::size_t from, std::span<std::byte> into) const
    {
        if (from >= m_size)
            return 0;
        auto const count = std::min(into.size(), m_size - from);
        for (std::size_t done = 0; done < count;) {
            auto const part = std::min(count - done, kChunk - (from + done) % kChunk);
            std::memcpy(&into[done], &(*m_chunks[(from + done) / kChunk])[(from + done) % kChunk], part);
            done += part;
        }
        return count;
    }

    bool write(std::size_t to, Bytes bytes)
    {
        if (to > kScratchLimit || bytes.size() > kScratchLimit - to)
            return false;
        while (m_chunks.size() * kChunk < to + bytes.size())
            m_chunks.push_back(std::make_unique<Chunk>());
        for (std::size_t done = 0; done < bytes.size();) {
            auto const part = std::min(bytes.size() - done, kChunk - (to + done) % kChunk);
            std::memcpy(&(*m_chunks[(to + done) / kChunk])[(to + done) % kChunk], &bytes[done], part);
            done += part;
        }
        m_size = std::max(m_size, to + bytes.size());
        return true;
    }

    void cut(std::size_t size) { m_size = std::min(m_size, size); }

private:
    using Chunk = std::array<std::byte, kChunk>;
    std::vector<std::unique_ptr<Chunk>> m_chunks;
    std::size_t m_size = 0;
};

struct ScratchFile {
    sqlite3_file base;
    Scratch* scratch;
};

EvidenceFile& evidence(sqlite3_file* file)
{
    return *reinterpret_cast<EvidenceFile*>(file);
}

Scratch& scratch(sqlite3_file* file)
{
    return *reinterpret_cast<ScratchFile*>(file)->scratch;
}

std::span<std::byte> buffer_of(void* into, int count)
{
    return { static_cast<std::byte*>(into), static_cast<std::size_t>(std::max(count, 0)) };
}

/// SQLite wants what could not be read filled with zeros.
int finish_read(std::span<std::byte> buffer, std::size_t count)
{
    if (count == buffer.size())
        return SQLITE_OK;
    std::ranges::fill(buffer.subspan(count), std::byte { 0 });
    return SQLITE_IOERR_SHORT_READ;
}

bool is_hidden(MountedPages::State const& state, std::uint64_t from, std::size_t count)
{
    auto const page_size = state.pages->page_size();
    return !state.hidden.empty() && count == page_size
        && std::ranges::find(state.hidden, from / page_size + 1) != state.hidden.end();
}

/// A page of a table that holds no rows: https://www.sqlite.org/fileformat2.html#b_tree_pages
void make_empty_leaf(std::span<std::byte> page, std::uint32_t usable)
{
    std::ranges::fill(page, std::byte { 0 });
    page[0] = std::byte { 13 };
    page[5] = static_cast<std::byte>(usable >> 8U); // Where rows begin; 0 stands for 65536.
    page[6] = static_cast<std::byte>(usable);
}

int evidence_close(sqlite3_file* /*file*/)
{
    return SQLITE_OK;
}

int evidence_read(sqlite3_file* file, void* into, int count, sqlite3_int64 from) noexcept
try {
    auto& state = *evidence(file).state;
    auto const buffer = buffer_of(into, count);
    if (is_hidden(state, static_cast<std::uint64_t>(from), buffer.size())) {
        make_empty_leaf(buffer, state.pages->header().usable());
        return SQLITE_OK;
    }
    auto const done = state.pages->read_at(static_cast<std::uint64_t>(from), buffer);
    if (done.has_value())
        return finish_read(buffer, *done);
    if (!state.read_error)
        state.read_error = done.error();
    return SQLITE_IOERR_READ;
} catch (...) {
    return SQLITE_IOERR_NOMEM;
}

int evidence_size(sqlite3_file* file, sqlite3_int64* size)
{
    auto const& pages = *evidence(file).state->pages;
    *size = sqlite3_int64 { pages.count() } * pages.page_size();
    return SQLITE_OK;
}

int scratch_close(sqlite3_file* file)
{
    delete reinterpret_cast<ScratchFile*>(file)->scratch;
    return SQLITE_OK;
}

int scratch_read(sqlite3_file* file, void* into, int count, sqlite3_int64 from)
{
    auto const buffer = buffer_of(into, count);
    return finish_read(buffer, scratch(file).read(static_cast<std::size_t>(from), buffer));
}

int scratch_write(sqlite3_file* file, void const* bytes, int count, sqlite3_int64 to) noexcept
try {
    Bytes const source { static_cast<std::byte const*>(bytes), static_cast<std::size_t>(std::max(count, 0)) };
    return scratch(file).write(static_cast<std::size_t>(to), source) ? SQLITE_OK : SQLITE_FULL;
} catch (...) {
    return SQLITE_IOERR_NOMEM;
}

int scratch_truncate(sqlite3_file* file, sqlite3_int64 size)
{
    scratch(file).cut(static_cast<std::size_t>(size));
    return SQLITE_OK;
}

int scratch_size(sqlite3_file* file, sqlite3_int64* size)
{
    *size = static_cast<sqlite3_int64>(scratch(file).size());
    return SQLITE_OK;
}

int refuse_write(sqlite3_file* /*file*/, void const* /*bytes*/, int /*count*/, sqlite3_int64 /*to*/)
{
    return SQLITE_READONLY;
}

int refuse_truncate(sqlite3_file* /*file*/, sqlite3_int64 /*size*/)
{
    return SQLITE_READONLY;
}

int accept(sqlite3_file* /*file*/, int /*flags*/)
{
    return SQLITE_OK;
}

int no_lock(sqlite3_file* /*file*/, int* held)
{
    *held = 0;
    return SQLITE_OK;
}

int no_control(sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/)
{
    return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file* /*file*/)
{
    return 4096;
}

int never_changes(sqlite3_file* /*file*/)
{
    return SQLITE_IOCAP_IMMUTABLE;
}

int no_characteristics(sqlite3_file* /*file*/)
{
    return 0;
}

constexpr sqlite3_io_methods kEvidenceMethods { 1, evidence_close, evidence_read, refuse_write,
    refuse_truncate, accept, evidence_size, accept, accept, no_lock, no_control, sector_size, never_changes,
    nullptr, nullptr, nullptr, nullptr, nullptr, nullptr };

constexpr sqlite3_io_methods kScratchMethods { 1, scratch_close, scratch_read, scratch_write,
    scratch_truncate, accept, scratch_size, accept, accept, no_lock, no_control, sector_size,
    no_characteristics, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr };

int vfs_open(sqlite3_vfs* /*vfs*/, char const* name, sqlite3_file* file, int flags, int* out_flags) noexcept
try {
    file->pMethods = nullptr;
    constexpr int temporary
        = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL;
    if ((flags & temporary) != 0) {
        reinterpret_cast<ScratchFile*>(file)->scratch = new Scratch;
        file->pMethods = &kScratchMethods;
        return SQLITE_OK;
    }
    auto* const state
        = (flags & SQLITE_OPEN_MAIN_DB) != 0 && name != nullptr ? Mounts::instance().find(name) : nullptr;
    if (state == nullptr)
        return SQLITE_CANTOPEN;
    evidence(file).state = state;
    file->pMethods = &kEvidenceMethods;
    if (out_flags != nullptr)
        *out_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
} catch (...) {
    return SQLITE_NOMEM;
}

int vfs_delete(sqlite3_vfs* /*vfs*/, char const* /*name*/, int /*sync*/)
{
    return SQLITE_READONLY;
}

int vfs_access(sqlite3_vfs* /*vfs*/, char const* /*name*/, int /*flags*/, int* exists)
{
    *exists = 0;
    return SQLITE_OK;
}

int vfs_full_path(sqlite3_vfs* /*vfs*/, char const* name, int size, char* into)
{
    std::string_view const text { name };
    if (text.size() >= static_cast<std::size_t>(std::max(size, 0)))
        return SQLITE_CANTOPEN;
    std::memcpy(into, text.data(), text.size());
    into[text.size()] = '\0';
    return SQLITE_OK;
}

/// SQLite takes names of temporary files and the like from here; nothing secret depends on it.
int vfs_randomness(sqlite3_vfs* /*vfs*/, int size, char* into)
{
    std::fill_n(into, std::max(size, 0), '\x5a');
    return size;
}

int vfs_sleep(sqlite3_vfs* /*vfs*/, int micros)
{
    return micros;
}

/// The same at every run; queries over evidence have no business with today's date.
int vfs_time(sqlite3_vfs* /*vfs*/, double* days)
{
    *days = 2'440'587.5; // 1970-01-01 as a Julian day.
    return SQLITE_OK;
}

int vfs_last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*into*/)
{
    return 0;
}

void register_vfs()
{
    // SQLite links the struct into its list of file systems, so it lives as long as the process.
    static sqlite3_vfs vfs { 1, static_cast<int>(std::max(sizeof(EvidenceFile), sizeof(ScratchFile))), 255,
        nullptr, kVfsName, nullptr, vfs_open, vfs_delete, vfs_access, vfs_full_path, nullptr, nullptr,
        nullptr, nullptr, vfs_randomness, vfs_sleep, vfs_time, vfs_last_error, nullptr, nullptr, nullptr,
        nullptr };
    static int const kRegistered = sqlite3_vfs_register(&vfs, 0);
    static_cast<void>(kRegistered);
}

} // namespace

MountedPages::MountedPages(Pages const& pages)
    : m_state { .pages = &pages, .read_error = {}, .hidden = {} }
{
    register_vfs();
    m_name = Mounts::instance().add(&m_state);
}

MountedPages::~MountedPages()
{
    Mounts::instance().remove(m_name);
}

} // namespace exhibit::sqlite
