#pragma once

#include "../cmake/precompiled.hpp"

#include <gtest/gtest.h>
