// Builds the islands into the Python package: src/tumen/workbench/static/built/. Nothing is fetched at run time.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { messagesIn } from "./messages.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "../src/tumen/workbench/static/built");

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: { tumen: join(here, "src/main.ts") },
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: false,
  charset: "utf8",
  legalComments: "none",
});
await copyFile(join(here, "node_modules/htmx.org/dist/htmx.min.js"), join(out, "htmx.min.js"));
// The texts of the islands, for the server to translate: see docs/reference/frontend.md, "Words".
await writeFile(join(out, "messages.json"), JSON.stringify(await messagesIn(join(here, "src")), null, 1) + "\n");

for (const name of readdirSync(out).sort()) {
  const bytes = await readFile(join(out, name));
  const kilobytes = (n) => (n / 1000).toFixed(1).padStart(6);
  console.log(`${name.padEnd(16)} ${kilobytes(bytes.length)} kB  ${kilobytes(gzipSync(bytes).length)} kB gzipped`);
}
