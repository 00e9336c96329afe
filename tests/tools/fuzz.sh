#!/usr/bin/env bash
# Fuzz every parser; a crash leaves its input in build/fuzz/. What was found once stands in
# tests/cpp/fuzz/found/ and is tried first.
# Without an argument, as CI does it: the same inputs each time, at most 30 s a parser, a parser a core.
# With one: so many seconds of inputs that nobody has tried.
# Usage: fuzz.sh [seconds]
. "$(dirname "$0")/prelude.sh"

if (($#)); then effort=(-max_total_time="$1"); else effort=(-seed=1 -runs=300000 -max_total_time=30); fi
tests/tools/system_packages.sh build check
run cmake -S . -B build/fuzz -G Ninja -DLL_PYTHON=OFF -DLL_TESTS=ON -DLL_FUZZ=ON \
  -DCMAKE_BUILD_TYPE=Debug -DLL_SANITIZE=address,undefined \
  -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ >/dev/null
mapfile -t fuzzers < <(cd tests/cpp/fuzz && ls ./*_fuzz.cc | sed 's|^\./||; s|\.cc$||')
run cmake --build build/fuzz -j "$JOBS" --target "${fuzzers[@]}"
fuzz() {
  local fuzzer=$1 binary input
  binary=$(find build/fuzz -type f -name "$fuzzer" -perm -u+x | head -n 1)
  for input in tests/cpp/fuzz/found/"$fuzzer"/*; do
    [[ ! -e $input ]] || run "$binary" "$input" >/dev/null 2>&1 || { "$binary" "$input"; return 1; }
  done
  run "$binary" "${effort[@]}" -max_len=65536 -rss_limit_mb=1024 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$fuzzer-" -verbosity=0
}

running=()
for fuzzer in "${fuzzers[@]}"; do
  ((${#running[@]} < JOBS)) || { wait "${running[0]}"; running=("${running[@]:1}"); }
  fuzz "$fuzzer" &
  running+=($!)
done
for one in "${running[@]}"; do wait "$one"; done
