#include "indicators/pack_folder.hpp"

#include "indicators/load.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace exhibit::indicators {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kIndexVersion = 1;
constexpr std::size_t kLargestIndex = 4U << 20U;

class File {
public:
    explicit File(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    [[nodiscard]] int get() const { return m_descriptor; }
    [[nodiscard]] int release() { return std::exchange(m_descriptor, -1); }

private:
    int m_descriptor;
};

bool write_all(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        auto const written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor) == 0;
}

std::string text_of(Json const& object, char const* key)
{
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string {};
}

std::uint64_t number_of(Json const& object, char const* key)
{
    auto const found = object.find(key);
    return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::vector<std::string> texts_of(Json const& object, char const* key)
{
    std::vector<std::string> texts;
    auto const found = object.find(key);
    if (found != object.end() && found->is_array())
        for (auto const& member : *found)
            if (member.is_string())
                texts.push_back(member.get<std::string>());
    return texts;
}

KeptPack read_kept(Json const& object)
{
    KeptPack pack;
    pack.file = text_of(object, "file");
    pack.title = text_of(object, "title");
    pack.url = text_of(object, "url");
    pack.sha256 = text_of(object, "sha256");
    pack.fetched = text_of(object, "fetched");
    pack.error = text_of(object, "error");
    pack.sources = texts_of(object, "sources");
    pack.references = texts_of(object, "references");
    pack.bytes = number_of(object, "bytes");
    pack.indicators = static_cast<std::uint32_t>(number_of(object, "indicators"));
    return pack;
}

/// Left behind by an update that was killed.
void remove_leftovers(fs::path const& parent, std::string const& prefix)
{
    std::error_code error;
    std::vector<fs::path> leftovers;
    for (fs::directory_iterator entry { parent, error }; !error && entry != fs::directory_iterator {};
        entry.increment(error))
        if (entry->path().filename().string().starts_with(prefix))
            leftovers.push_back(entry->path());
    for (auto const& leftover : leftovers)
        fs::remove_all(leftover, error);
}

} // namespace

std::vector<KeptPack> read_kept_packs(fs::path const& folder)
{
    auto const path = folder / kIndexFile;
    std::error_code error;
    auto const size = fs::file_size(path, error);
    if (error || size > kLargestIndex)
        return {};
    std::ifstream file { path, std::ios::binary };
    std::string const text { std::istreambuf_iterator<char> { file }, {} };
    auto const document = Json::parse(text, nullptr, false);
    std::vector<KeptPack> packs;
    if (!document.is_object() || number_of(document, "exhibit_index") != kIndexVersion)
        return packs;
    auto const list = document.find("packs");
    if (list != document.end() && list->is_array())
        for (auto const& object : *list)
            if (object.is_object())
                packs.push_back(read_kept(object));
    return packs;
}

std::string kept_packs_text(std::vector<KeptPack> const& packs, std::string_view index_url)
{
    Json document;
    document["exhibit_index"] = kIndexVersion;
    document["index_url"] = index_url;
    auto& list = document["packs"] = Json::array();
    for (auto const& pack : packs) {
        Json object;
        object["file"] = pack.file;
        object["title"] = pack.title;
        object["url"] = pack.url;
        object["sha256"] = pack.sha256;
        object["bytes"] = pack.bytes;
        object["indicators"] = pack.indicators;
        object["fetched"] = pack.fetched;
        object["sources"] = pack.sources;
        object["references"] = pack.references;
        if (!pack.error.empty())
            object["error"] = pack.error;
        list.push_back(std::move(object));
    }
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

ReplacementFolder::ReplacementFolder(fs::path folder, fs::path next, int lock)
    : m_folder(std::move(folder))
    , m_next(std::move(next))
    , m_lock(lock)
{
}

ReplacementFolder::ReplacementFolder(ReplacementFolder&& other) noexcept
    : m_folder(std::move(other.m_folder))
    , m_next(std::exchange(other.m_next, {}))
    , m_lock(std::exchange(other.m_lock, -1))
{
}

ReplacementFolder::~ReplacementFolder()
{
    std::error_code error;
    if (!m_next.empty())
        fs::remove_all(m_next, error);
    if (m_lock >= 0)
        ::close(m_lock);
}

Result<ReplacementFolder> ReplacementFolder::open(fs::path const& folder)
{
    auto const parent = folder.parent_path();
    // The lock goes when its descriptor is closed, however the program ends.
    File lock { ::open((parent / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600) };
    if (lock.get() < 0)
        return fail(Fault::io, "the folder of indicators cannot be written");
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(Fault::io, "another update is running");
    auto const prefix = '.' + folder.filename().string() + "-next-";
    remove_leftovers(parent, prefix);
    auto next = parent / (prefix + std::to_string(::getpid()));
    std::error_code error;
    if (!fs::create_directory(next, error))
        return fail(Fault::io, "the folder of indicators cannot be written");
    return ReplacementFolder { folder, std::move(next), lock.release() };
}

Result<void> ReplacementFolder::write(std::string_view name, std::string_view text) const
{
    File const file { ::open((m_next / name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644) };
    if (file.get() < 0 || !write_all(file.get(), text))
        return fail(Fault::io, "an indicator file cannot be written");
    return {};
}

Result<void> ReplacementFolder::commit()
{
    std::error_code error;
    if (fs::exists(m_folder, error)) {
        // The two change places at once; the destructor then removes the earlier one.
        if (::renameat2(AT_FDCWD, m_next.c_str(), AT_FDCWD, m_folder.c_str(), RENAME_EXCHANGE) == 0)
            return {};
        // Not every file system can: then the earlier folder steps aside first.
        auto const aside = m_next.string() + "-old";
        fs::rename(m_folder, aside, error);
        if (error)
            return fail(Fault::io, "the earlier indicators cannot be replaced");
        fs::rename(m_next, m_folder, error);
        if (error) {
            fs::rename(aside, m_folder, error);
            return fail(Fault::io, "the earlier indicators cannot be replaced");
        }
        m_next = aside;
        return {};
    }
    fs::rename(m_next, m_folder, error);
    if (error)
        return fail(Fault::io, "the indicators cannot be put in place");
    m_next.clear();
    return {};
}

} // namespace exhibit::indicators
