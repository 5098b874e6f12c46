import assert from "node:assert/strict";
import { test } from "node:test";
import { DoubleEscape, EXIT_MS, keyName, Sequence, SEQUENCE_MS, worksInFields, type KeyPress } from "../src/lib/keymap";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  keyCode: 0,
  isComposing: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test("keys taken by an input method have no name", () => {
  assert.equal(keyName(press("ㅎ", { isComposing: true, code: "KeyG" })), undefined);
  assert.equal(keyName(press("Process", { keyCode: 229 })), undefined);
  assert.equal(keyName(press("Escape", { isComposing: true })), undefined);
});

test("with a Hangul layout the place of the key decides", () => {
  assert.equal(keyName(press("ㅁ", { code: "KeyA" })), "a");
  assert.equal(keyName(press("ㅃ", { code: "KeyQ", shiftKey: true })), "Q");
});

test("modifiers are named, bare ones are nothing", () => {
  assert.equal(keyName(press("S", { ctrlKey: true, shiftKey: true })), "Ctrl+s");
  assert.equal(keyName(press("s", { metaKey: true })), "Ctrl+s");
  assert.equal(keyName(press("Shift", { shiftKey: true })), undefined);
  assert.equal(keyName(press("?", { shiftKey: true })), "?");
});

test("in fields only keys with a modifier work", () => {
  assert.deepEqual(["g", "/", "Ctrl+s", "Alt+n"].map(worksInFields), [false, false, true, true]);
});

test("a sequence is completed by its second key", () => {
  const sequence = new Sequence();
  const keys = ["g s", "g a", "/"];
  assert.equal(sequence.press("g", 0, keys), "pending");
  assert.equal(sequence.press("s", 100, keys), "g s");
  assert.equal(sequence.press("s", 200, keys), undefined);
});

test("a sequence left alone is forgotten", () => {
  const sequence = new Sequence();
  sequence.press("g", 0, ["g s"]);
  assert.equal(sequence.press("s", SEQUENCE_MS + 1, ["g s"]), undefined);
});

test("a wrong second key may start anew", () => {
  const sequence = new Sequence();
  sequence.press("g", 0, ["g s", "/"]);
  assert.equal(sequence.press("/", 10, ["g s", "/"]), "/");
});

test("two quick Escapes leave; slow ones and other keys between do not", () => {
  const escapes = new DoubleEscape();
  assert.equal(escapes.press("Escape", 0), false);
  assert.equal(escapes.press("Escape", EXIT_MS), true);
  assert.equal(escapes.press("Escape", EXIT_MS + 10), false);
  assert.equal(escapes.press("x", EXIT_MS + 20), false);
  assert.equal(escapes.press("Escape", EXIT_MS + 30), false);
  assert.equal(escapes.press("Escape", 3 * EXIT_MS), false);
});
