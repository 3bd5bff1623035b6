#pragma once

#include "artifacts/android/common/section.hpp"
#include "artifacts/android/packages/shared_users.hpp"
#include "artifacts/android/packages/tables.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::android::packages {

/// Reads the blocks `  Package [name] (hash):` of `Packages:` and `Hidden system packages:`.
class PackageList {
public:
    PackageList(Context& context, DeviceClock const& clock, SharedUsers& shared_users)
        : m_context(context)
        , m_shared_users(shared_users)
        , m_clock(clock)
    {
    }

    /// Says which of the two lists follows, and adds what the last one left.
    Result<void> begin(bool factory_versions);
    Result<void> add_line(Line const& line);
    Result<void> finish();

private:
    enum class Block : std::uint8_t {
        none,
        declared,
        requested,
        install,
        runtime,
        disabled_components,
        enabled_components,
    };

    [[nodiscard]] Time first_installed_for_users() const;
    Result<void> begin_package(std::string_view text, std::uint64_t offset);
    void begin_user(std::string_view text, std::uint64_t offset);
    static Block list_named(std::string_view text);
    bool add_heading(std::string_view text, std::uint64_t offset);
    Result<void> add_item(std::string_view text, std::uint64_t offset);
    Result<void> add_permission(
        std::string_view name, std::string_view kind, std::string_view attributes, std::uint64_t offset);
    Result<void> add_property(std::string_view text, std::uint64_t offset);
    bool add_identity(std::string_view key, std::string_view value, std::uint64_t offset);
    bool add_installation(std::string_view key, std::string_view value);
    void note_text_of_app(std::uint64_t offset);
    void forget_installation(std::uint64_t offset);
    Result<void> check_name(std::string_view data_folder, std::uint64_t offset);
    void add_version(std::string_view text);
    void add_flags(std::string_view value);
    void add_user_property(std::string_view text);

    Context& m_context;
    SharedUsers& m_shared_users;
    DeviceClock m_clock;
    bool m_factory_versions = false;
    std::set<std::string, std::less<>> m_listed; ///< packages so far
    std::optional<Package> m_package;
    struct User {
        PackageUser row;
        std::uint64_t offset = 0;
    };
    std::vector<User> m_users;
    struct Seen {
        bool version = false; ///< its name, of which the further lines are text of the app
        bool name = false; ///< a data folder that bears its name
        bool time = false; ///< its time stamp
        bool lists = false; ///< what stands behind the installers, or a second time stamp
    };
    Seen m_seen; ///< of the current package
    Block m_block = Block::none;
    std::size_t m_block_indent = 0;
    std::uint64_t m_package_offset = 0;
};

} // namespace exhibit::android::packages
