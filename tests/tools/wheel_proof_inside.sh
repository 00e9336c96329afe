#!/usr/bin/env bash
# Inside the minimal system: install from a folder of wheels alone, then one real run over HTTPS.
set -euo pipefail
cd /proof
for library in libuv libcares libbrotlidec libidn2 libnghttp2 libpsl libzstd libzmq; do
  if [[ -n $(find /usr /lib /opt -name "$library.so*" -print -quit) ]]; then
    echo "$library is installed here; the proof is none"
    exit 1
  fi
done
command -v gcc cc c++ && { echo 'a compiler is installed here; the proof is none'; exit 1; }
python3 -m venv venv
venv/bin/pip install -q --no-index --find-links wheels locust_like
venv/bin/locust-like --version
venv/bin/locust-like target --port 0 --tls-port 18443 --cert cert.pem --key key.pem >target.log 2>&1 &
target=$!
trap 'kill $target' EXIT
for _ in $(seq 100); do grep -q 18443 target.log && break; sleep 0.1; done
SSL_CERT_FILE=cert.pem venv/bin/locust-like -f basic.py --headless -H https://localhost:18443 -u 20 -r 20 -t 5s --only-summary
