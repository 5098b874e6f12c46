// Collects every text the islands show: the first argument of each t("…") call in src/.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const CALL = /\bt\(\s*"((?:[^"\\]|\\.)*)"/g;

export async function messagesIn(folder) {
  const found = new Set();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const text = await readFile(join(entry.parentPath ?? entry.path, entry.name), "utf8");
    for (const [, message] of text.matchAll(CALL)) found.add(JSON.parse(`"${message}"`));
  }
  return [...found].sort();
}
