#!/usr/bin/env bash
# Run the wheel of dist/ for 5 s over HTTPS in a minimal Debian without compilers and without our libraries.
. "$(dirname "$0")/prelude.sh"

tests/tools/system_packages.sh wheel
((EUID == 0)) || { echo 'wheel_proof.sh needs root for its chroot.' >&2; exit 1; }

work=$PWD/build/wheel
root=$work/chroot
mkdir -p "$work/wheels"
run "$VENV/bin/python" -m pip download -q --only-binary :all: --dest "$work/wheels" dist/*.whl
if [[ ! -x $root/usr/bin/python3 ]]; then
  run mmdebstrap -q --variant=apt --include=python3-venv,ca-certificates bookworm "$root"
fi
rm -rf "$root/proof"
mkdir -p "$root/proof"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$root/proof/key.pem" -out "$root/proof/cert.pem" 2>/dev/null
cp -r "$work/wheels" "$root/proof/"
cp tests/tools/wheel_proof_inside.sh examples/basic.py "$root/proof/"
# A mount namespace of its own: whatever happens, nothing stays mounted.
run unshare --mount bash -c '
  set -e
  mount -t proc proc "$1/proc"
  mount --bind /dev "$1/dev"
  exec env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 /usr/sbin/chroot "$1" bash /proof/wheel_proof_inside.sh
' - "$root"
