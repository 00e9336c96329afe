// Writes a .gz beside each built file that gains by it; the server never compresses by itself.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const assets = "../locust_like/static/assets";
for (const name of readdirSync(assets)) {
  if (name.endsWith(".gz")) continue;
  const bytes = readFileSync(join(assets, name));
  const packed = gzipSync(bytes, { level: 9 });
  if (bytes.length > 1024 && packed.length < bytes.length * 0.9) {
    writeFileSync(join(assets, `${name}.gz`), packed);
  }
}
