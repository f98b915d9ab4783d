import { map, send, showOnPhone, split } from "./page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

Object.assign(location, split("/communities/7?at=114.05000,22.50000,14,phone"));
const { emit } = await import("app/atlas.js");
const { reveal } = await import("app/reveal.js");

const around = (place, far = 0.01) => L.latLngBounds([place.lat - far, place.lng - far], [place.lat + far, place.lng + far]);

beforeEach(() => {
  map.fits.length = 0;
  map.setView([22.5, 114.05], 14);
});

test("a link of the other kind of screen is obeyed where it leaves the thing in sight", () => {
  reveal(around(map.getCenter()));
  assert.equal(map.fits.length, 0);
});

test("a link of the other kind of screen that leaves it out of sight is not", () => {
  reveal(around(L.latLng(23, 115)));
  assert.equal(map.fits.length, 1);
});

test("a link of this kind of screen is obeyed wherever the thing is", () => {
  showOnPhone(true);
  reveal(around(L.latLng(23, 115)));
  showOnPhone(false);
  assert.equal(map.fits.length, 0);
});

test("nothing is not gone to", () => {
  reveal(L.latLngBounds([]));
  assert.equal(map.fits.length, 0);
});

test("once the drawer holds something else the link's place no longer counts", () => {
  emit("drawer");
  reveal(around(map.getCenter()));
  assert.equal(map.fits.length, 1);
});

test("where the browser's buttons led back to a page the map stays as it was then, and no longer than that", () => {
  send("htmx:historyRestore", {});
  emit("drawer");
  reveal(around(L.latLng(23, 115)));
  assert.equal(map.fits.length, 0);
  emit("drawer");
  reveal(around(L.latLng(23, 115)));
  assert.equal(map.fits.length, 1);
});
