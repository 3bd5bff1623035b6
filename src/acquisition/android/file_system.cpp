#include "acquisition/android/file_system.hpp"

#include "acquisition/android/assembly.hpp"
#include "acquisition/android/device_facts.hpp"
#include "acquisition/android/files.hpp"
#include "formats/protobuf/wire.hpp"

#include <algorithm>
#include <array>

namespace exhibit::android {
namespace {

/// Where the system's image says what it is. `system/system` is how a mounted image looks.
constexpr std::array<std::string_view, 6> kPropertyFiles { "system/build.prop", "system/system/build.prop",
    "vendor/build.prop", "product/build.prop", "product/etc/build.prop", "data/local.prop" };

/// `data/user/0` is a link to `data/data`; some tools copy the files behind it.
std::string device_path(std::string_view partition, std::string_view relative)
{
    constexpr std::string_view first_user = "/data/user/0/";
    auto path = std::string { partition }.append(relative);
    if (path.starts_with(first_user))
        path.replace(0, first_user.size(), "/data/data/");
    return path;
}

std::string from_root(std::string_view relative)
{
    return device_path("/", relative);
}

std::string from_data(std::string_view relative)
{
    return device_path("/data/", relative);
}

bool is_data_partition(Container const& container, std::string const& folder)
{
    return has_file(container, folder, "system/packages.xml")
        || has_file(container, folder, "system/packages.list")
        || (has_folder(container, folder, "data") && has_folder(container, folder, "system/users")
            && has_folder(container, folder, "misc"));
}

bool is_whole(Container const& container, std::string const& folder)
{
    return is_data_partition(container, join_path(folder, "data"))
        || (has_folder(container, folder, "data/data")
            && (has_folder(container, folder, "data/system")
                || has_file(container, folder, "system/build.prop")
                || has_file(container, folder, "system/system/build.prop")));
}

void append_property(std::string& text, std::string_view name, std::string_view value)
{
    text.append("[").append(name).append("]: [").append(value).append("]\n");
}

/// `ro.product.model=Phone 8`, a line each.
void append_build_properties(std::string& text, std::string_view content)
{
    while (!content.empty()) {
        auto const line = content.substr(0, content.find('\n'));
        content.remove_prefix(std::min(line.size() + 1, content.size()));
        if (auto const equals = line.find('='); equals != line.npos && !line.starts_with('#'))
            append_property(text, line.substr(0, equals), line.substr(equals + 1));
    }
}

/// Properties that outlive a restart, the time zone among them: field 1 of the file is a record of name and
/// value. Before Android 9 each had a file of its own.
void append_kept_properties(std::string& text, Container const& container, std::string const& data)
{
    auto const content
        = head_of(container, join_path(data, "property/persistent_properties"), kMostProperties);
    // What stood before damage counts.
    (void)protobuf::for_each_field(
        protobuf::MessageReader { as_bytes(content) }, [&](protobuf::Field const& record) -> Result<void> {
            std::string_view name;
            std::string_view value;
            EXHIBIT_TRY(protobuf::for_each_field(
                protobuf::MessageReader { record }, [&](protobuf::Field const& field) -> Result<void> {
                    if (field.number == 1)
                        name = field.text();
                    else if (field.number == 2)
                        value = field.text();
                    return {};
                }));
            append_property(text, name, value);
            return {};
        });
    constexpr std::string_view zone_name = "persist.sys.timezone";
    auto const zone
        = head_of(container, join_path(data, std::string { "property/" }.append(zone_name)), kMostProperties);
    if (!zone.empty())
        append_property(text, zone_name, zone);
}

} // namespace

bool is_file_system(Container const& container, std::string const& folder)
{
    return container.form() != "single file"
        && (is_whole(container, folder) || is_data_partition(container, folder));
}

std::expected<std::unique_ptr<Acquisition>, Refusal> open_file_system(
    std::shared_ptr<Container const> const& container, std::string const& folder, OpenOptions const&)
{
    Assembly assembly { AcquisitionKind::android_file_system, "Android file system",
        std::string { container->form() }, {}, {}, {} };
    if (!folder.empty())
        add_fact(assembly.facts, "container.folder", folder);
    note_times_of_copying(*container, assembly.facts);
    bool const whole = is_whole(*container, folder);
    std::string properties;
    for (auto const name : kPropertyFiles)
        if (whole)
            append_build_properties(
                properties, head_of(*container, join_path(folder, name), kMostProperties));
    append_kept_properties(properties, *container, whole ? join_path(folder, "data") : folder);
    add_property_facts(properties, assembly.facts);
    assembly.parts.push_back(std::make_unique<FilesPart>(
        FilesPart::Place { container, folder, {}, whole ? from_root : from_data, false }));
    return std::make_unique<AndroidAcquisition>(std::move(assembly));
}

} // namespace exhibit::android
