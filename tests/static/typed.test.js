import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { put, take } from "app/typed.js";

const folded = { open: false, matches: (selector) => selector === "details[open]" && folded.open };
folded.parentElement = { children: [folded], closest: () => null };

function form(dataset = {}) {
  return { dataset, getAttribute: () => "/data/communities/7/aliases?from=unnamed" };
}

function control(name, value, more = {}) {
  const made = Object.assign(new EventTarget(), { name, value, defaultValue: value, type: "text", id: "", form: form(), closest: () => null }, more);
  made.heard = [];
  for (const event of ["input", "change"]) made.addEventListener(event, () => made.heard.push(event));
  return made;
}

function box(name, value, defaultChecked, checked, more = {}) {
  return control(name, value, { type: "checkbox", defaultChecked, checked, ...more });
}

function select(name, chosen, now, more = {}) {
  const options = ["", "a", "b"].map((value) => ({ value, defaultSelected: chosen.includes(value), selected: now.includes(value) }));
  return control(name, now[0], { type: "select-one", multiple: false, options, ...more });
}

function page(...controls) {
  return { querySelectorAll: () => controls };
}

test("what differs from what came is taken, and nothing else", () => {
  const typed = control("alias", "", { id: "alias" });
  typed.value = "新名";
  const found = take(page(typed, control("name", "旧名"), box("bands", "good", false, true), box("bands", "fail", true, true)));
  assert.deepEqual(found, [
    { key: "alias", state: "新名" },
    { key: "/data/communities/7/aliases bands good", state: true },
  ]);
});

test("a choice that was never made is the first one", () => {
  assert.deepEqual(take(page(select("kind", [], [""]), select("kind", ["a"], ["a"]), select("s", [], [], { multiple: true }))), []);
  assert.deepEqual(take(page(select("kind", [], ["b"], { id: "k" })))[0], { key: "k", state: ["b"] });
  assert.deepEqual(take(page(select("streets", ["a"], ["a", "b"], { id: "s", multiple: true })))[0].state, ["a", "b"]);
});

test("neither secrets nor hidden fields are taken, nor what the form that is sent holds", () => {
  const [secret, hidden, mine] = [control("old", "", { type: "password" }), control("version", "", { type: "hidden" }), control("name", "")];
  for (const one of [secret, hidden, mine]) one.value = "x";
  assert.deepEqual(take(page(secret, hidden, mine), mine.form), []);
  assert.equal(take(page(secret, hidden, mine)).length, 1);
});

test("a form that came back with a mistake is not saved in any part", () => {
  assert.deepEqual(take(page(control("point", "1,2", { id: "point", form: form({ unsent: "" }) }))), [{ key: "point", state: "1,2" }]);
});

test("it is put where it was, the part around it unfolded, and told to who listens", async () => {
  const [text, tick, choice] = [control("alias", "", { closest: () => folded }), box("all", "1", false, false), select("kind", [], [""])];
  const changed = [control("alias", ""), box("all", "1", false, true), select("kind", [], ["a"])];
  changed[0].value = "新名";
  put(page(text, tick, choice), [...take(page(...changed)), { key: "gone", state: "x" }]);
  assert.deepEqual([text.value, tick.checked, choice.options[1].selected, choice.options[0].selected], ["新名", true, true, false]);
  await new Promise((done) => setTimeout(done, 150));
  assert.deepEqual([text.heard, tick.heard, choice.heard], [["input"], ["change"], ["change"]]);
  assert.equal(folded.open, true);
});

test("a part beside one that is open stays folded", () => {
  const shut = { open: false };
  shut.parentElement = { children: [{ matches: () => true }, shut].map((part) => Object.assign(part, { matches: part.matches ?? (() => false) })), closest: () => null };
  put(page(control("alias", "", { id: "alias", closest: () => shut })), [{ key: "alias", state: "x" }]);
  assert.equal(shut.open, false);
});
