import { goBack, map, requests, send, showOnPhone, split, triggered, visits } from "./page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

Object.assign(location, split("/?layer=streets&period=1999-Q1&near=114.1,22.5&at=114.05000,22.50000,13"));
const atlas = await import("app/atlas.js");
const { adopt, change, dataArguments, events, format, isMadeHere, layerOf, mark, marks, measureOf, say, state } = atlas;

const AT = "at=114.05000,22.50000,13";
const first = { ...state };
let told = [];
events.addEventListener("change", ({ detail }) => told.push(detail));

beforeEach(() => {
  change({ layer: "communities", measure: "", period: "2025-Q3", category: "", as_of: "", overlays: "routes", base: "vec" });
  map.setView([22.5, 114.05], 13);
  told = [];
  visits.length = 0;
});

test("an address names what is shown; what it names wrongly is as at first", () => {
  assert.deepEqual(first, { layer: "streets", measure: "", period: "2025-Q3", category: "", as_of: "", overlays: "routes", base: "vec" });
});

test("what is chosen stands in the address, and what is as at first does not", () => {
  change({ layer: "streets", category: "lift" });
  assert.equal(visits.at(-1).address, `/?near=114.1,22.5&layer=streets&category=lift&${AT}`);
  change({ layer: "communities", category: "" });
  assert.equal(visits.at(-1).address, `/?near=114.1,22.5&${AT}`);
});

test("each choice is a step of the history, and what is left keeps its place", () => {
  change({ layer: "streets" });
  change({ category: "lift" });
  assert.deepEqual(
    visits.map(({ step, address }) => [step, new URLSearchParams(split(address).search).get("category")]),
    [[false, null], [true, null], [false, null], [true, "lift"]],
  );
  assert.match(visits[0].address, /at=114\.05000,22\.50000,13$/);
  assert.deepEqual(visits.at(-1).state, { htmx: true, at: "114.05000,22.50000,13" });
});

test("what the address says already is no step", () => {
  adopt({ category: "lift" });
  assert.deepEqual([state.category, told, visits.map(({ step }) => step)], ["lift", [["category"]], [false]]);
});

test("a page that htmx puts before another leaves that its place; one that takes its place leaves none", () => {
  Object.assign(location, split("/communities/7"));
  send("htmx:beforeHistoryUpdate", { history: { type: "replace" } });
  assert.equal(visits.length, 0);
  send("htmx:beforeHistoryUpdate", { history: { type: "push" } });
  assert.deepEqual(visits, [{ step: false, address: `/communities/7?${AT}`, state: { htmx: true, at: "114.05000,22.50000,13" } }]);
});

test("only what differs is told, and nothing where nothing does", () => {
  change({ layer: "streets", period: "2025-Q3" });
  change({ layer: "streets" });
  assert.deepEqual(told, [["layer"]]);
  assert.equal(visits.filter(({ step }) => step).length, 1);
});

test("the back button brings back what was shown, and tells it", () => {
  change({ layer: "streets", measure: "rate" });
  told = [];
  goBack(`/?category=lift&${AT}`);
  assert.equal(state.layer, "communities");
  assert.equal(state.category, "lift");
  assert.deepEqual(told, [["layer", "measure", "category"]]);
});

test("the day goes along with every page of the drawer, and with no layer", () => {
  change({ as_of: "2025-06-15" });
  const parameters = {};
  const detail = { verb: "get", target: { id: "drawer" }, parameters, path: "/firms/7?as_of=2024-01-01" };
  send("htmx:configRequest", detail);
  assert.equal(parameters.as_of, "2025-06-15");
  assert.equal(detail.path, "/firms/7");
  for (const name of ["communities", "streets"]) assert.equal(dataArguments(layerOf(name)).has("as_of"), false);
});

test("the back button brings back the place", () => {
  goBack("/communities/7?at=114.20000,22.60000,15");
  assert.deepEqual([map.getCenter().lng, map.getCenter().lat, map.getZoom()], [114.2, 22.6, 15]);
});

test("the back button leaves the place where the address names none, or the same", () => {
  map.setView = () => assert.fail("moved");
  goBack("/communities/7");
  goBack(`/?${AT}`);
  delete map.setView;
});

test("the back button brings back a place that the address does not name", () => {
  goBack("/communities/7", { htmx: true, at: "114.30000,22.60000,12" });
  assert.deepEqual([map.getCenter().lng, map.getZoom()], [114.3, 12]);
});

test("htmx hears of a step only where the drawer has to hold another page, or to count by something else", () => {
  const arrive = (address) => {
    Object.assign(location, split(address));
    send("htmx:pushedIntoHistory", {});
  };
  arrive("/communities/7?period=2025-Q2");
  assert.equal(goBack("/communities/7?layer=streets&period=2025-Q2&at=1,2,3&overlays="), false);
  assert.equal(goBack("/communities/7?period=2025-Q3"), true);
  assert.equal(goBack("/communities/8?period=2025-Q2"), true);
  arrive("/query?kind=a&category=lift");
  assert.equal(goBack("/query?category=lift&kind=a&measure=rate"), false);
  assert.equal(goBack("/query?kind=b&category=lift"), true);
  arrive("/");
  assert.equal(goBack("/?period=2025-Q2"), false);
});

test("a basket that the address spells is of the page in the drawer", () => {
  Object.assign(location, split("/query?kind=a"));
  send("htmx:pushedIntoHistory", {});
  atlas.rewrite(new URLSearchParams("kind=a&stops=3,5"));
  assert.equal(visits.at(-1).address, "/query?kind=a&stops=3,5");
  assert.equal(goBack("/query?kind=a&stops=3,5&layer=streets"), false);
  assert.equal(goBack("/query?kind=a"), true);
});

test("a step gives up what was still to come into the drawer", () => {
  let given = 0;
  triggered.length = 0;
  send("htmx:historyCacheMiss", { xhr: { abort: () => given++ } });
  goBack("/communities/7");
  assert.deepEqual([given, triggered], [1, ["htmx:abort"]]);
});

test("an address of another time tells nothing that is shown already", () => {
  goBack(`/communities/7?${AT}`);
  assert.deepEqual(told, []);
});

test("a place off the map or that is none is not gone to", () => {
  for (const at of ["114,86,12", "181,22,12", "a,b,c", "114,22", ""]) {
    goBack(`/?at=${at}`);
    assert.equal(map.getZoom(), 13);
  }
});

test("moving the map rewrites the address, with five digits and a hundredth of a zoom", () => {
  map.setView([22.1234567, 114.7654321], 12.333333);
  assert.match(visits.at(-1).address, /at=114\.76543,22\.12346,12\.33$/);
});

test("a place tells whether a phone showed it", () => {
  assert.equal(isMadeHere("114,22,13"), true);
  assert.equal(isMadeHere("114,22,13,phone"), false);
  showOnPhone(true);
  map.setView([22.5, 114.05], 13);
  assert.match(visits.at(-1).address, /,13,phone$/);
  assert.equal(isMadeHere("114,22,13,phone"), true);
  showOnPhone(false);
});

test("a layer's data are asked for by what they depend on", () => {
  change({ category: "lift", measure: "nonsense" });
  assert.equal(String(dataArguments(layerOf("communities"))), "period=2025-Q3");
  assert.equal(String(dataArguments(layerOf("streets"))), "period=2025-Q3&category=lift&measure=count");
  assert.equal(measureOf(layerOf("communities")), "");
  change({ measure: "rate" });
  assert.equal(measureOf(layerOf("streets")), "rate");
});

// What htmx is to ask for: path and parameters.
function configured(path, parameters = {}, verb = "get", id = "drawer") {
  const { detail } = send("htmx:configRequest", { verb, target: { id }, parameters, path });
  return [detail.path, detail.parameters];
}

test("requests into the drawer carry the state, but for what a form says itself", () => {
  change({ layer: "streets", category: "lift" });
  const state = { layer: "streets", at: "114.05000,22.50000,13" };
  assert.deepEqual(configured("/query?page=2", { category: "noise" }), ["/query?page=2", { category: "noise", ...state }]);
  assert.deepEqual(configured("/query", {}, "post"), ["/query", {}]);
  assert.deepEqual(configured("/query?period=2025-Q2", {}, "get", "list"), ["/query?period=2025-Q2", {}]);
});

test("a link of an earlier state leads to the state of now", () => {
  change({ period: "2025-Q2", category: "" });
  const stale = "/data/unlocated?period=2025-Q1&from=unnamed&category=lift&at=1,2,3&text=a%26b";
  const [path, { period, category, at }] = configured(stale);
  assert.deepEqual([path, period, category, at], ["/data/unlocated?from=unnamed&text=a%26b", "2025-Q2", undefined, "114.05000,22.50000,13"]);
  assert.equal(configured("/communities/7?period=2025-Q1")[0], "/communities/7");
});

test("what is chosen is told once more than what the back button brings", () => {
  const chosen = [];
  events.addEventListener("chosen", ({ detail }) => chosen.push(detail));
  change({ category: "lift" });
  goBack(`/?category=noise&${AT}`);
  assert.deepEqual([chosen, told.length], [[["category"]], 2]);
});

test("the page in the drawer is asked for again in its own place of the history", () => {
  atlas.follow("/communities/7");
  assert.deepEqual(requests.at(-1), ["GET", "/communities/7", { target: "#drawer", swap: "innerHTML", replace: "true" }]);
});

test("the drawer is filled by htmx, which makes an entry of the history", () => {
  atlas.open("/communities/7");
  assert.deepEqual(requests.at(-1), ["GET", "/communities/7", { target: "#drawer", swap: "innerHTML", push: "true" }]);
});

test("marks are told when they differ", () => {
  const seen = [];
  events.addEventListener("marks", ({ detail }) => seen.push([detail.kind, ...detail.before]));
  mark("hover", ["7"]);
  mark("hover", [7]);
  mark("hover", []);
  assert.deepEqual(seen, [["hover"], ["hover", 7]]);
  assert.equal(marks.hover.size, 0);
});

test("numbers are grouped by thousands, before the point only", () => {
  assert.deepEqual(
    [0, 999, 1000, 1234567.891, -1234].map((value) => format(value)),
    ["0", "999", "1,000", "1,234,568", "-1,234"],
  );
  assert.equal(format(1234.5678, 4), "1,234.5678");
});

test("texts have their placeholders filled, those without a value empty", () => {
  assert.equal(say("hello", { name: "甲" }), "你好，甲甲");
  assert.equal(say("hello"), "你好，");
  assert.equal(say("unknown"), "unknown");
});
