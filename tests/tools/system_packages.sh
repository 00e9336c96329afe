#!/usr/bin/env bash
# Install the packages of the given headings of packages/apt.txt that are missing.
# Usage: system_packages.sh build [check] [bench]
. "$(dirname "$0")/prelude.sh"

missing=()
for heading in "$@"; do
  while read -r package; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [[ $status == 'install ok installed' ]] || missing+=("$package")
  done < <(awk -v want="[$heading]" '/^# \[/ {on = ($2 == want)} on && /^[a-z]/ {print $1}' packages/apt.txt)
done
((${#missing[@]})) || exit 0

install=(apt-get install -y -q --no-install-recommends "${missing[@]}")
if ((EUID != 0)); then
  echo "System packages are missing. Please run: sudo ${install[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
run apt-get update -q
run "${install[@]}"
