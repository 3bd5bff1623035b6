#include "artifacts/android/common/text.hpp"
#include "artifacts/android/tombstones/tables.hpp"

#include <algorithm>

namespace exhibit::android::tombstones {

bool is_foreign_code(std::string_view module, bool writable)
{
    // What every process has: the system's files, the kernel's page, code that the runtime itself compiled.
    constexpr std::array<std::string_view, 13> own_folders { "/system/", "/apex/", "/vendor/", "/product/",
        "/system_ext/", "/odm/", "/system_dlkm/", "/data/dalvik-cache/", "/data/misc/apexdata/", "[vdso]",
        "[vectors]", "[sigpage]", "[anon:dalvik-" };
    bool const own = std::ranges::any_of(own_folders, [&](auto prefix) { return module.starts_with(prefix); })
        || module.starts_with("/memfd:jit-") || module.starts_with("/dev/ashmem/dalvik-jit-code-cache");
    return !own || (writable && module.starts_with('/') && !module.contains("jit"));
}

bool is_plain_file(std::string_view path)
{
    constexpr std::array<std::string_view, 3> others { "/dev/", "/proc/", "/sys/" };
    return path.starts_with('/')
        && std::ranges::none_of(others, [&](auto prefix) { return path.starts_with(prefix); });
}

void set_process(Tombstone& tombstone, std::string_view name)
{
    tombstone.process = name;
    if (name.starts_with('/'))
        tombstone.program = name;
    if (auto const package = package_of_process(name); !package.empty())
        tombstone.package = package;
}

namespace {

Result<void> parse(Input const& input, Context& context)
{
    if (input.source->size() == 0)
        return fail(Fault::truncated, "the crash report is empty");
    return input.path.ends_with(".pb") ? parse_protobuf(input, context) : parse_text(input, context);
}

constexpr std::array<std::string_view, 2> kPaths { "/data/tombstones/tombstone_*", "@dumpstate/tombstone" };
constexpr std::array<Table const*, 6> kTables { &kTombstones, &kOtherThreads, &kFrames, &kMappings,
    &kOpenFiles, &kLogLines };

} // namespace

extern constinit Artifact const kArtifact {
    .id = "android.tombstones",
    .title = "Crashes of native code",
    .doc
    = "Crash reports of native code, in both forms that Android writes: what crashed, where, with what code "
      "in "
      "memory and which files open. The system keeps up to 64, older ones are overwritten; the text and the "
      "`.pb` of one number tell the same crash. A bug report that is one text holds them in sections.",
    .platform = Platform::android,
    .paths = kPaths,
    .tables = kTables,
    .parse = parse,
};

} // namespace exhibit::android::tombstones
