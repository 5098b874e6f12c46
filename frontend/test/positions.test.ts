import assert from "node:assert/strict";
import { test } from "node:test";
import { Positions } from "../src/lib/positions";

test("in a text without astral characters both counts are the same", () => {
  const positions = new Positions("2011년 겨울, 온성에서");
  assert.equal(positions.length, 14);
  for (let i = 0; i <= 14; i++) assert.deepEqual([positions.toUtf16(i), positions.toCodePoint(i)], [i, i]);
});

test("after an emoji and a rare Hanja the counts differ by one each", () => {
  const text = "a😀b𠮷c";
  const positions = new Positions(text);
  assert.equal(positions.length, 5);
  assert.equal(text.slice(positions.toUtf16(2), positions.toUtf16(3)), "b");
  assert.equal(text.slice(positions.toUtf16(3), positions.toUtf16(4)), "𠮷");
  assert.equal(positions.toCodePoint(6), 4);
});

test("an offset between the halves of a pair is the start of the pair", () => {
  assert.equal(new Positions("a😀b").toCodePoint(2), 1);
});

test("positions outside the text move to its ends", () => {
  const positions = new Positions("😀");
  assert.deepEqual([positions.toUtf16(9), positions.toUtf16(-1), positions.toCodePoint(9)], [2, 0, 1]);
});

test("both ways agree with counting characters, for random texts", () => {
  const alphabet = ["a", "가", "漢", "😀", "𠮷", "\n", "é"];
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round++) {
    const characters = Array.from({ length: Math.floor(random() * 60) }, () => alphabet[Math.floor(random() * alphabet.length)] as string);
    const positions = new Positions(characters.join(""));
    for (let i = 0; i <= characters.length; i++) {
      const utf16 = characters.slice(0, i).join("").length;
      assert.equal(positions.toUtf16(i), utf16);
      assert.equal(positions.toCodePoint(utf16), i);
    }
  }
});
