import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { messagesIn } from "../messages.mjs";

/** The entries of a gettext file: text and translation; long ones run over several quoted lines. */
function entriesOf(file: string): Map<string, string> {
  const entries = new Map<string, string>();
  const quoted = (lines: string) => lines.split("\n").map((line) => JSON.parse(line) as string).join("");
  for (const [, id, text] of readFileSync(file, "utf8").matchAll(/^msgid ((?:".*"\n?)+)msgstr ((?:".*"\n?)+)/gm)) {
    entries.set(quoted((id as string).trim()), quoted((text as string).trim()));
  }
  entries.delete("");
  return entries;
}

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

for (const language of ["ko", "zh_Hans"]) {
  test(`every word of the islands is translated: ${language}`, async () => {
    const entries = entriesOf(`../src/tumen/workbench/locale/${language}/LC_MESSAGES/djangojs.po`);
    const words: string[] = await messagesIn("src");
    assert.ok(words.length > 40);
    assert.deepEqual([...entries.keys()].sort(), words);
    for (const [word, translation] of entries) assert.deepEqual(holes(translation), holes(word), word);
  });
}
