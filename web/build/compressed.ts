// What is sent compressed is compressed once, in the build, as small as can be; the front serves it as it is (`precompressed` in deploy/Caddyfile).
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(?:js|css|html|svg)$/;
/** Anything smaller gains nothing. */
const LEAST_BYTES = 1000;
const gzipped = promisify(gzip);
const brotli = promisify(brotliCompress);

/** Write `.gz` and `.br` beside every text of the build. */
export function compressed(): Plugin {
  let folder = "dist";
  return {
    name: "compressed",
    apply: "build",
    configResolved({ build }) {
      folder = build.outDir;
    },
    async closeBundle() {
      const files = await readdir(folder, { recursive: true });
      await Promise.all(files.filter((file) => TEXT.test(file)).map((file) => compress(join(folder, file))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const text = await readFile(file);
  if (text.length >= LEAST_BYTES) {
    await writeFile(`${file}.gz`, await gzipped(text, { level: constants.Z_BEST_COMPRESSION }));
    await writeFile(`${file}.br`, await brotli(text));
  }
}
