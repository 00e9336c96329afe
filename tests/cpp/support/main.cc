// The one main() of all C++ test binaries; compiling Catch2's runner once saves a minute a build.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
