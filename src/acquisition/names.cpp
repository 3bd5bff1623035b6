#include "acquisition/acquisition.hpp"

namespace exhibit {

std::string_view name_of(AcquisitionKind kind)
{
    switch (kind) {
    case AcquisitionKind::ios_backup:
        return "ios_backup";
    case AcquisitionKind::ios_file_system:
        return "ios_file_system";
    case AcquisitionKind::sysdiagnose:
        return "sysdiagnose";
    case AcquisitionKind::android_bugreport:
        return "android_bugreport";
    case AcquisitionKind::androidqf:
        return "androidqf";
    case AcquisitionKind::android_backup:
        return "android_backup";
    case AcquisitionKind::intrusion_logs:
        return "intrusion_logs";
    case AcquisitionKind::android_file_system:
        return "android_file_system";
    }
    return "unknown";
}

} // namespace exhibit
