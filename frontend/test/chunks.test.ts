import assert from "node:assert/strict";
import { test } from "node:test";
import { CHUNK_BYTES, chunkAt, readableSize, retryDelay, uploadMetadata, worthRetrying } from "../src/lib/chunks";

test("the chunks of a file follow each other and end with it", () => {
  const size = CHUNK_BYTES * 2 + 5;
  const lengths: number[] = [];
  let offset = 0;
  for (let chunk = chunkAt(0, size); chunk; chunk = chunkAt(offset, size)) {
    assert.equal(chunk.start, offset);
    lengths.push(chunk.end - chunk.start);
    offset = chunk.end;
  }
  assert.deepEqual(lengths, [CHUNK_BYTES, CHUNK_BYTES, 5]);
  assert.equal(offset, size);
});

test("a file that is complete, or empty, has no next chunk", () => {
  assert.equal(chunkAt(10, 10), undefined);
  assert.equal(chunkAt(0, 0), undefined);
});

test("an offset beyond the file is an error, not a loop", () => {
  assert.throws(() => chunkAt(11, 10), RangeError);
});

test("waiting doubles up to half a minute", () => {
  assert.deepEqual([1, 2, 3, 9].map(retryDelay), [1000, 2000, 4000, 30000]);
});

test("only failures that may pass are tried again", () => {
  assert.deepEqual([0, 409, 423, 503].map(worthRetrying), [true, true, true, true]);
  assert.deepEqual([400, 403, 413, 415, 507].map(worthRetrying), [false, false, false, false, false]);
});

test("a Korean file name goes into the header as base64 of UTF-8", () => {
  assert.equal(uploadMetadata({ filename: "증언.txt" }), `filename ${Buffer.from("증언.txt").toString("base64")}`);
});

test("sizes are readable", () => {
  assert.deepEqual([999, 4_200_000, 830_000, 2e9].map(readableSize), ["999 B", "4.2 MB", "830 kB", "2.0 GB"]);
});
