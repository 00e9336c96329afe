#!/usr/bin/env bash
# Inside the minimal system: install from a folder of wheels alone, then one real run over HTTPS.
set -euo pipefail
cd /proof
for library in libuv libcares libbrotlidec libnghttp2 libpsl libzmq; do
  if [[ -n $(find /usr /lib /opt -name "$library.so*" -print -quit) ]]; then
    echo "$library is installed here; the proof is none"
    exit 1
  fi
done
command -v gcc cc c++ && { echo 'a compiler is installed here; the proof is none'; exit 1; }
python3 -m venv venv
venv/bin/pip install -q --no-index --find-links wheels locust_like
venv/bin/locust-like --version
# apt has some of our libraries, too; what is loaded must be the wheel's own all the same.
venv/bin/python - <<'END'
import re
from pathlib import Path
import locust_like._core

folder = Path(locust_like.__file__).parents[1] / "locust_like.libs"
ours = {re.sub(r"-[0-9a-f]{8}\.", ".", path.name).split(".so")[0] for path in folder.iterdir()}
loaded = {line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}
foreign = [p for p in loaded if Path(p).name.split(".so")[0] in ours and folder not in Path(p).parents]
if foreign or not {"libidn2", "libunistring", "libzstd", "libssl"} <= ours:
    raise SystemExit(f"not the wheel's own: {foreign}; the wheel has {sorted(ours)}")
print(f"{len(ours)} libraries of the wheel, none of the system in their place")
END
venv/bin/locust-like target --port 0 --tls-port 18443 --cert cert.pem --key key.pem >target.log 2>&1 &
target=$!
trap 'kill $target' EXIT
for _ in $(seq 100); do grep -q 18443 target.log && break; sleep 0.1; done
SSL_CERT_FILE=cert.pem venv/bin/locust-like -f basic.py --headless -H https://localhost:18443 -u 20 -r 20 -t 5s --only-summary
