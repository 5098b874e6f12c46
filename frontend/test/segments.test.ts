import assert from "node:assert/strict";
import { test } from "node:test";
import { Segments, type Selected, type Unit } from "../src/lib/segments";

function walk(text: string, language: string, unit: Unit): string[] {
  const segments = new Segments(text, language);
  const found: string[] = [];
  let at: Selected | undefined = { start: 0, end: 0, active: "end" };
  while ((at = segments.move(at, 1, unit))) found.push(text.slice(at.start, at.end));
  return found;
}

test("words are found in English, Korean and Chinese, without spaces and punctuation", () => {
  assert.deepEqual(walk("She was sold, twice.", "en", "word"), ["She", "was", "sold", "twice"]);
  assert.deepEqual(walk("그 여자는 팔려 갔다.", "ko", "word"), ["그", "여자는", "팔려", "갔다"]);
  assert.deepEqual(walk("她被卖给一个农民。", "zh", "word").join(""), "她被卖给一个农民");
  assert.ok(walk("她被卖给一个农民。", "zh", "word").includes("农民"));
});

test("a number and its counter are one word", () => {
  assert.deepEqual(walk("2011년 겨울", "ko", "word"), ["2011년", "겨울"]);
  assert.deepEqual(walk("2013年5月", "zh", "word"), ["2013年", "5月"]);
});

test("sentences end at Korean and Chinese full stops and at line ends", () => {
  assert.deepEqual(walk("온성에서 건넜다. 밤이었다.\n\n다음 날 팔렸다.", "ko", "sentence"), ["온성에서 건넜다.", "밤이었다.", "다음 날 팔렸다."]);
  assert.deepEqual(walk("她被卖了。后来逃走。", "zh", "sentence"), ["她被卖了。", "后来逃走。"]);
});

test("a character is a whole one: emoji with modifiers and combined jamo stay together", () => {
  assert.deepEqual(walk("a👩‍👧각", "ko", "grapheme"), ["a", "👩‍👧", "각"]);
});

test("going back visits the same words in reverse, across paragraphs", () => {
  const text = "one two\n\nthree";
  const segments = new Segments(text, "en");
  const found: string[] = [];
  let at: Selected | undefined = { start: text.length, end: text.length, active: "end" };
  while ((at = segments.move(at, -1, "word"))) found.push(text.slice(at.start, at.end));
  assert.deepEqual(found, ["three", "two", "one"]);
});

test("a selection grows by word at its active edge and shrinks again", () => {
  const text = "one two three";
  const segments = new Segments(text, "en");
  const shown = (span: Selected) => text.slice(span.start, span.end);
  const one: Selected = { start: 0, end: 3, active: "end" };
  const two = segments.extend(one, 1, "word");
  assert.equal(shown(two), "one two");
  assert.equal(shown(segments.extend(two, 1, "word")), "one two three");
  assert.equal(shown(segments.extend(two, -1, "word")), "one");
});

test("a selection of one word grows backwards when shrunk further", () => {
  const text = "one two three";
  const segments = new Segments(text, "en");
  const grown = segments.extend({ start: 4, end: 7, active: "end" }, -1, "word");
  assert.deepEqual(grown, { start: 0, end: 7, active: "start" });
});

test("at the end of the text a selection stays as it is", () => {
  const segments = new Segments("one", "en");
  assert.equal(segments.move({ start: 0, end: 3 }, 1, "word"), undefined);
  assert.deepEqual(segments.extend({ start: 0, end: 3, active: "end" }, 1, "word"), { start: 0, end: 3, active: "end" });
});
