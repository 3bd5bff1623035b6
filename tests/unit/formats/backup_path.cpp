#include "formats/backup_path/backup_path.hpp"

#include <gtest/gtest.h>

namespace exhibit::backup_path {
namespace {

TEST(BackupPath, a_domain_stands_for_a_folder_of_the_device)
{
    EXPECT_EQ(device_path("HomeDomain", "Library/SMS/sms.db"), "/private/var/mobile/Library/SMS/sms.db");
    EXPECT_EQ(device_path("MediaDomain", "Library/SMS/Attachments/00"),
        "/private/var/mobile/Library/SMS/Attachments/00");
    EXPECT_EQ(device_path("CameraRollDomain", "Media/DCIM"), "/private/var/mobile/Media/DCIM");
    EXPECT_EQ(device_path("WirelessDomain", "Library/Databases/DataUsage.sqlite"),
        "/private/var/wireless/Library/Databases/DataUsage.sqlite");
    EXPECT_EQ(device_path("HealthDomain", "Health/healthdb.sqlite"),
        "/private/var/mobile/Library/Health/healthdb.sqlite");
}

TEST(BackupPath, a_container_is_named_by_its_app_or_group)
{
    EXPECT_EQ(device_path("AppDomain-org.example.app", "Library/x"),
        "/private/var/mobile/Containers/Data/Application/org.example.app/Library/x");
    EXPECT_EQ(device_path("AppDomainGroup-group.org.example", "x"),
        "/private/var/mobile/Containers/Shared/AppGroup/group.org.example/x");
    EXPECT_EQ(device_path("SysSharedContainerDomain-systemgroup.com.apple.x", ""),
        "/private/var/containers/Shared/SystemGroup/systemgroup.com.apple.x");
    EXPECT_EQ(app_of("AppDomainPlugin-org.example.app.Widget"), "org.example.app.Widget");
    EXPECT_EQ(app_of("AppDomainGroup-group.org.example"), "");
    EXPECT_EQ(app_of("HomeDomain"), "");
}

TEST(BackupPath, a_domain_that_is_not_known_has_a_place_of_its_own)
{
    EXPECT_EQ(device_path("NewDomain", "a/b"), "/private/var/@unknown_domain/NewDomain/a/b");
    EXPECT_EQ(device_path("", "/abs"), "/private/var/@unknown_domain//abs");
}

} // namespace
} // namespace exhibit::backup_path
