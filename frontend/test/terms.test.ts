import assert from "node:assert/strict";
import { test } from "node:test";
import { initialOf, rank } from "../src/lib/hangul";
import { findTerms, termFrom } from "../src/lib/terms";

test("initial consonants find words", () => {
  assert.equal(rank("ㄱㅌ", "구타"), 0);
  assert.equal(rank("ㅅㅎ", "강제 송환"), 1);
  assert.equal(rank("ㄱㅌ", "고문"), undefined);
  assert.equal(initialOf("쌀"), "ㅆ");
});

test("syllables and initials may be mixed", () => {
  assert.equal(rank("강ㅈ송", "강제송환"), 0);
});

test("a syllable still being typed finds what it may become", () => {
  assert.equal(rank("구", "국경"), 0);
  assert.equal(rank("굳", "구덩이"), 0, "the final may open the next syllable");
  assert.equal(rank("국", "구타"), undefined);
  assert.equal(rank("국", "굴"), undefined);
});

test("Latin and Chinese text match without regard to case and width", () => {
  assert.equal(rank("BEAT", "beating"), 0);
  assert.equal(rank("ｂｅａｔ", "a beating"), 1);
  assert.equal(rank("遣返", "强制遣返"), 2);
});

const terms = [
  termFrom({ value: "11", label: "Beating", labels: ["구타", "殴打"], path: "Violence" }),
  termFrom({ value: "12", label: "Forced return", labels: ["강제송환", "强制遣返"], path: "Movement", favourite: true }),
  termFrom({ value: "13", label: "Upbeat", labels: [], path: "Other" }),
];

test("nothing typed: favourites come first", () => {
  assert.deepEqual(findTerms(terms, " ").map(({ term }) => term.value), ["12", "11", "13"]);
});

test("a better fit comes first and says through which language it was found", () => {
  assert.deepEqual(findTerms(terms, "beat").map(({ term }) => term.value), ["11", "13"]);
  assert.deepEqual(findTerms(terms, "ㄱㅈ")[0], { term: terms[1], via: "강제송환" });
  assert.deepEqual(findTerms(terms, "遣返").map(({ term }) => term.value), ["12"]);
});

test("a term is found by its code and its path too", () => {
  assert.deepEqual(findTerms(terms, "13").map(({ term }) => term.value), ["13"]);
  assert.deepEqual(findTerms(terms, "violence").map(({ term }) => term.value), ["11"]);
});
