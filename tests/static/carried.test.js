import "./modules.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const { carry } = await import("app/carried.js");

test("the chosen day and quarter go along, and nothing else", () => {
  const here = "?as_of=2025-03-15&period=2024-Q4&layer=score&page=3";
  assert.equal(carry("/query", here), "/query?as_of=2025-03-15&period=2024-Q4");
});

test("what is no longer chosen is taken off again", () => {
  assert.equal(carry("/query?as_of=2025-03-15", ""), "/query");
  assert.equal(carry("/query?as_of=2025-03-15", "?as_of=2025-06-30"), "/query?as_of=2025-06-30");
});

test("an address with nothing chosen stays as it is", () => {
  assert.equal(carry("/", "?layer=score"), "/");
});
