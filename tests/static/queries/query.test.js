import { answers, asked, element, legend, map, part, requests, send, settled } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { change, emit, marks, state } from "app/atlas.js";
import "app/queries/query.js";

const drawer = part("drawer");
const FOUND = "/queries/matches?band=fail";

function hold(dataset) {
  const query = Object.assign(element("[data-query]"), { dataset });
  drawer.replaceChildren(query);
  emit("drawer");
  return settled();
}

beforeEach(async () => {
  answers.clear();
  answers.set("/layers/communities/legend.json?period=2025-Q2", legend("communities", ["good"]));
  drawer.replaceChildren();
  emit("drawer");
  requests.length = map.fits.length = 0;
  Object.assign(location, { pathname: "/queries", search: "" });
  change({ category: "" });
  await settled();
  asked.length = 0;
});

function configured(entries, id = "query-form") {
  const formData = new FormData();
  for (const [key, value] of entries) formData.append(key, value);
  send("htmx:configRequest", { elt: { id }, formData, parameters: {}, verb: "get", path: "/queries" });
  return [...formData];
}

test("addresses are short: no empty fields, lists by commas, corners by semicolons", () => {
  const entries = [["band", "good"], ["name", "  "], ["band", "fail"], ["area", " 114,22 \n 115,22\n115,23 "], ["page", ""]];
  assert.deepEqual(configured(entries), [["band", "good,fail"], ["area", "114,22;115,22;115,23"]]);
  assert.deepEqual(configured(entries, "other").length, 5);
});

// Sends a form whose area has so many corners, and says whether it waits.
function confirmed(corners, limit = 3) {
  const area = { value: `${Array.from({ length: corners }, (_, at) => `114,${at}`).join("\n")}\n\n` };
  const form = { id: "query-form", elements: { area, area_key: { value: "" } }, dataset: { urlVertices: String(limit), areas: "/queries/areas" } };
  let sent = 0;
  const event = send("htmx:confirm", { elt: form, issueRequest: () => sent++ });
  return { form, waits: event.defaultPrevented, sent: () => sent };
}

test("an area of so many corners goes into the address, one more is kept first", async () => {
  document.querySelector = () => ({ content: "token" });
  answers.set("/queries/areas", { area_key: "k1" });
  assert.equal(confirmed(3).waits, false);
  const { form, waits, sent } = confirmed(4);
  assert.equal(waits, true);
  await settled();
  assert.deepEqual([form.elements.area_key.value, form.elements.area.value, sent()], ["k1", "", 1]);
  assert.equal(asked[0].body.get("area"), "114,0;114,1;114,2;114,3");
});

test("matches are marked; where nothing matches everything is pale", async () => {
  answers.set(FOUND, { ids: [3, 5] });
  await hold({ matches: FOUND });
  assert.deepEqual([...marks.result], [3, 5]);
  answers.set(`${FOUND}&near=1`, { ids: [] });
  await hold({ matches: `${FOUND}&near=1` });
  assert.deepEqual([...marks.result], [-1]);
});

test("where all match nothing is marked, and nobody asked", async () => {
  await hold({ matches: FOUND, all: "" });
  assert.deepEqual([marks.result.size, asked.length], [0, 0]);
});

test("matches that come late do not mark another query", async () => {
  let come;
  answers.set(FOUND, new Promise((done) => (come = done)));
  answers.set("/later", { ids: [9] });
  await hold({ matches: FOUND });
  await hold({ matches: "/later" });
  come({ ids: [1] });
  await settled();
  assert.deepEqual([...marks.result], [9]);
});

test("leaving the query clears its marks", async () => {
  answers.set(FOUND, { ids: [3] });
  await hold({ matches: FOUND });
  drawer.replaceChildren();
  emit("drawer");
  assert.equal(marks.result.size, 0);
});

test("the address's category is the map's", async () => {
  Object.assign(location, { search: "?category=lift" });
  await hold({});
  assert.equal(state.category, "lift");
});

test("another quarter asks again, from the first page", async () => {
  Object.assign(location, { search: "?band=fail&page=3&period=2025-Q3" });
  await hold({ category: "" });
  change({ period: "2025-Q2" });
  assert.deepEqual(requests.map(([, path]) => path), ["/queries?band=fail"]);
  requests.length = 0;
  change({ period: "2025-Q3" });
});

test("a category that the list counts already asks nothing", async () => {
  Object.assign(location, { search: "?category=lift" });
  await hold({ category: "lift" });
  change({ category: "lift" });
  assert.deepEqual(requests, []);
  change({ category: "noise" });
  assert.equal(requests.length, 1);
});
