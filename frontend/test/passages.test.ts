import assert from "node:assert/strict";
import { test } from "node:test";
import { overlaps, passagesAt, readPassages } from "../src/islands/annotator/passages";
import { Positions } from "../src/lib/positions";

const claims = [{ id: 1, kind: "act" as const, label: "Sale" }];

test("passages come in code points, sorted, and become UTF-16; those without a place in the text are left out", () => {
  const json = JSON.stringify([
    { id: 9, start: 3, end: 4, claims },
    { id: 8, start: 1, end: 2, claims },
    { id: 7, start: null, end: null, claims },
  ]);
  const found = readPassages(json, new Positions("a😀b𠮷c"));
  assert.deepEqual(found.map(({ id, start, end }) => [id, start, end]), [["8", 1, 3], ["9", 4, 6]]);
});

test("an empty block has no passages", () => {
  assert.deepEqual(readPassages("", new Positions("")), []);
});

test("of nested passages the shortest comes first; ends are exclusive", () => {
  const passages = [
    { id: "outer", start: 0, end: 20, claims },
    { id: "inner", start: 5, end: 10, claims },
  ];
  assert.deepEqual(passagesAt(passages, 5).map(({ id }) => id), ["inner", "outer"]);
  assert.deepEqual(passagesAt(passages, 10).map(({ id }) => id), ["outer"]);
  assert.deepEqual(passagesAt(passages, 20), []);
});

test("overlaps are the stretches under two passages or more; touching is not overlapping", () => {
  assert.deepEqual(overlaps([{ start: 0, end: 10 }, { start: 5, end: 15 }, { start: 15, end: 20 }]), [{ start: 5, end: 10 }]);
  assert.deepEqual(overlaps([{ start: 0, end: 9 }, { start: 0, end: 9 }, { start: 3, end: 5 }]), [{ start: 0, end: 9 }]);
});
