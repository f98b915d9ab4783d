import { element, map, part, place, requests, send, visits } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { change, emit, marks } from "app/atlas.js";
import "app/drawer.js";

const drawer = part("drawer");

function shown(status, target, partOf) {
  const xhr = { status, getResponseHeader: (name) => (name === "X-Part" ? partOf : null) };
  const requestConfig = { elt: { closest: () => null } };
  const { shouldSwap, isError } = send("htmx:beforeSwap", { xhr, target, requestConfig, isError: true }).detail;
  return [shouldSwap, isError];
}

test("what was made for the drawer is shown, whatever its status", () => {
  for (const status of [200, 404, 409, 422]) assert.deepEqual(shown(status, drawer, "drawer"), [true, false]);
});

test("of two pages asked for the newer is shown, and what answers a write always", () => {
  const xhrs = [1, 2].map(() => ({ status: 200, getResponseHeader: () => "drawer" }));
  for (const xhr of xhrs) send("htmx:beforeRequest", { xhr, target: drawer });
  const swaps = (xhr, verb) => {
    const requestConfig = { elt: { closest: () => null }, verb };
    return send("htmx:beforeSwap", { xhr, target: drawer, requestConfig }).detail.shouldSwap;
  };
  assert.deepEqual(xhrs.map((xhr) => swaps(xhr, "get")), [false, true]);
  assert.equal(swaps(xhrs[0], "post"), true);
});

test("a page that tells of a problem is not put into the drawer", () => {
  assert.deepEqual(shown(404, drawer, null), [undefined, true]);
});

test("what goes elsewhere is htmx's own affair", () => {
  assert.deepEqual(shown(422, {}, "drawer"), [undefined, true]);
});

function hold(scoped) {
  drawer.replaceChildren(Object.assign(element("[data-scoped]"), { dataset: { scoped } }));
  Object.assign(location, { pathname: "/communities/7", search: "?from=unnamed" });
  requests.length = visits.length = 0;
}

test("what counts by the quarter or the category follows the choice, in its own place of the history", () => {
  hold("period category");
  change({ period: "2025-Q2" });
  change({ category: "lift" });
  assert.deepEqual(
    requests.map(([, path, { replace }]) => [path.split("?")[0], replace]),
    [["/communities/7", "true"], ["/communities/7", "true"]],
  );
  assert.match(requests[1][1], /from=unnamed&period=2025-Q2&category=lift/);
});

test("what does not count by what was chosen stays", () => {
  hold("period");
  change({ category: "noise", layer: "streets" });
  drawer.replaceChildren();
  change({ period: "2025-Q3" });
  assert.deepEqual(requests, []);
});

// Swaps a page about a box in degrees into the drawer, which covers the right half of the map.
function swap(path, dataset) {
  place("drawer-frame", 720, 0, 1440, 900);
  Object.assign(location, { pathname: path, search: "" });
  drawer.replaceChildren(...["[data-at]", "[data-box]"].map((name) => Object.assign(element(name), { dataset })));
  map.fits.length = 0;
  map.setView([22.5, 114], 12);
  send("htmx:afterSwap", { target: drawer });
  return map.fits.map(({ bounds }) => bounds.toBBoxString());
}

test("what was opened is shown beside the drawer: its whole box, else where it was clicked, else a point in it", () => {
  const [small, large] = ["114.05,22.5,114.06,22.51", "113,22,115,23"];
  assert.deepEqual(swap("/streets/1", { at: "114.055,22.505", box: small }), [small]);
  assert.deepEqual(swap("/streets/2", { at: "114.2,22.6", box: large }), ["114.2,22.6,114.2,22.6"]);
  emit("clicked", { path: "/streets/3", at: L.latLng(22.51, 114.1) });
  assert.deepEqual(swap("/streets/3", { at: "114.2,22.6", box: large }), ["114.1,22.51,114.1,22.51"]);
  assert.deepEqual(swap("/streets/3", { at: "113.9,22.5", box: "113.89,22.49,113.91,22.51" }), []);
});

test("the own street is outlined, unless the drawer holds another", () => {
  swap("/communities/7", { at: "114,22.5", box: "114,22.5,114,22.5" });
  assert.deepEqual([...marks.street], [9]);
  drawer.replaceChildren(Object.assign(element("[data-outlined]"), { dataset: { outlined: "4" } }));
  send("htmx:historyRestore", {});
  assert.deepEqual([...marks.street], [4]);
});
