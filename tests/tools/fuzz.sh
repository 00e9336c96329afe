#!/usr/bin/env bash
# Fuzz every parser for a while (default 20 s each); a crash leaves its input in build/fuzz/.
# Usage: fuzz.sh [seconds]
. "$(dirname "$0")/prelude.sh"

seconds=${1:-20}
tests/tools/system_packages.sh build check
run cmake -S . -B build/fuzz -G Ninja -DLL_PYTHON=OFF -DLL_TESTS=ON -DLL_FUZZ=ON \
  -DCMAKE_BUILD_TYPE=Debug -DLL_SANITIZE=address,undefined \
  -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ >/dev/null
mapfile -t fuzzers < <(cd tests/cpp/fuzz && ls ./*_fuzz.cc | sed 's|^\./||; s|\.cc$||')
run cmake --build build/fuzz -j "$JOBS" --target "${fuzzers[@]}"
for fuzzer in "${fuzzers[@]}"; do
  binary=$(find build/fuzz -type f -name "$fuzzer" -perm -u+x | head -n 1)
  run "$binary" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$fuzzer-" -verbosity=0
done
