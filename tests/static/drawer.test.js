import { element, part, requests, send, visits } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { change } from "app/atlas.js";
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
