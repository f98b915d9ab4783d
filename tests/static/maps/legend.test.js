import { answers, legend, part, settled } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { change, state } from "app/atlas.js";
import "app/maps/legend.js";

const root = part("legend");
const SCOPE = { layer: "communities", measure: "", category: "" };
const of = (measure, category = "") => `/layers/streets/legend.json?period=2025-Q3${category && `&category=${category}`}&measure=${measure}`;

beforeEach(async () => {
  for (const measure of ["count", "rate"]) answers.set(of(measure), legend(measure, ["a", "b", "c"]));
  change(SCOPE);
  await settled();
});

test("title, unit, classes with their numbers, and what it is about", () => {
  assert.equal(root.querySelector("h2").textContent, "communities");
  assert.deepEqual(root.querySelectorAll("li").map(({ textContent }) => textContent), ["good1,200", "none1,200"]);
  assert.deepEqual(root.querySelectorAll("p").map(({ textContent }) => textContent), ["2025-Q3 · n = 2,400", "来源"]);
});

test("what is withheld has no number, zero has one", async () => {
  const read = legend("count", ["a", "b"]);
  [read.classes[0].n, read.classes[1].n, read.n] = [null, 0, null];
  answers.set(of("count", "lift"), { ...read, note: "说明", changed_at: "昨天", source: "" });
  change({ layer: "streets", category: "lift" });
  await settled();
  assert.deepEqual(root.querySelectorAll("li").map(({ textContent }) => textContent), ["a", "b0"]);
  assert.deepEqual(root.querySelectorAll("p").map(({ textContent }) => textContent), ["说明", "2025-Q3", "data_of"]);
});

test("measures are buttons, the one that counts is pressed", async () => {
  change({ layer: "streets" });
  await settled();
  const pressed = () => root.querySelectorAll("button").map(({ attributes }) => attributes["aria-pressed"]);
  assert.deepEqual(pressed(), ["true", "false"]);
  root.querySelectorAll("button")[1].dispatchEvent(new Event("click"));
  await settled();
  assert.equal(state.measure, "rate");
  assert.deepEqual(pressed(), ["false", "true"]);
});

test("a legend that comes late does not take the place of a later one", async () => {
  let come;
  answers.set(of("count", "slow"), new Promise((done) => (come = done)));
  change({ layer: "streets", category: "slow" });
  change({ layer: "communities", category: "" });
  await settled();
  come(legend("late", ["a"]));
  await settled();
  assert.equal(root.querySelector("h2").textContent, "communities");
});

test("it stays folded when it was", async () => {
  root.querySelector("details").open = false;
  change({ layer: "streets" });
  await settled();
  assert.equal(root.querySelector("details").open, false);
});
