import { part, send } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import "app/drawer.js";

const drawer = part("drawer");

function shown(status, target, partOf) {
  const xhr = { status, getResponseHeader: (name) => (name === "X-Part" ? partOf : null) };
  const { shouldSwap, isError } = send("htmx:beforeSwap", { xhr, target, isError: true }).detail;
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
