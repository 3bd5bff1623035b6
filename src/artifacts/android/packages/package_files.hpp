#pragma once

#include "artifact/artifact.hpp"

/// The files in which the package manager keeps what it dumps. Times in them are UTC, to the millisecond.
namespace exhibit::android::packages {

/// `/data/system/packages.xml`: packages, who installed them, their signers.
Result<void> parse_registry(Input const& input, Context& context);

/// `packages.list`: a line per package for native services.
Result<void> parse_package_names(Input const& input, Context& context);

/// `/data/system/users/0/package-restrictions.xml`: the state of each package for one user.
Result<void> parse_restrictions(Input const& input, Context& context);

/// `runtime-permissions.xml` of one user.
Result<void> parse_runtime_permissions(Input const& input, Context& context);

} // namespace exhibit::android::packages
