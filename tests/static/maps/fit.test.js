import { clearPlaces, map, place } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fit, isFree, isSeenWell, uncover } from "app/maps/fit.js";

// Bounds that cover these px of the map.
function bounds(left, top, right, bottom) {
  const at = (x, y) => map.unproject(L.point(x, y).add(map.getPixelOrigin()));
  return L.latLngBounds([at(left, top), at(right, bottom)]);
}

function padding() {
  const { paddingTopLeft, paddingBottomRight } = map.fits.at(-1).options;
  return [...paddingTopLeft, ...paddingBottomRight];
}

beforeEach(() => {
  clearPlaces();
  place("map", 0, 60, 1440, 900);
  map.size = L.point(1440, 840);
  map.fits.length = 0;
});

test("without anything on it the whole map is used, less a margin", () => {
  fit(bounds(600, 300, 800, 400));
  assert.deepEqual(padding(), [20, 20, 20, 20]);
  assert.equal(map.fits[0].options.maxZoom, 17);
});

test("the drawer beside the map is not part of it", () => {
  place("drawer-frame", 1000, 60, 1440, 900);
  fit(bounds(600, 300, 800, 400));
  assert.deepEqual(padding(), [20, 20, 460, 20]);
});

test("a drawer over the map's lower part leaves the upper one", () => {
  place("map", 0, 0, 390, 844);
  place("drawer-frame", 0, 500, 390, 844);
  fit(bounds(100, 100, 300, 200));
  assert.deepEqual(padding(), [20, 20, 20, 364]);
});

test("what is long goes beside the legend, what is wide above it", () => {
  place(".map-legend", 0, 460, 300, 900);
  fit(bounds(600, 100, 700, 700));
  assert.deepEqual(padding(), [320, 20, 20, 20]);
  fit(bounds(100, 300, 1300, 400));
  assert.deepEqual(padding(), [20, 20, 20, 460]);
});

test("where no room is left the map stays", () => {
  place(".map-legend", 20, 80, 1420, 880);
  fit(bounds(600, 300, 800, 400));
  assert.deepEqual(map.fits, []);
});

test("a room of sixty pixels will do, one of less will not", () => {
  for (const [edge, fits] of [[1340, 1], [1341, 0]]) {
    map.fits.length = 0;
    place(".map-legend", 0, 60, edge, 900);
    fit(bounds(600, 300, 800, 400));
    assert.equal(map.fits.length, fits, edge);
  }
});

test("bounds of nothing are not gone to", () => {
  fit(L.latLngBounds([]));
  assert.deepEqual(map.fits, []);
});

test("in sight is what the window shows, and nothing covers, with half a mark around it", () => {
  assert.equal(isFree(bounds(9, 9, 1431, 831)), true);
  assert.equal(isFree(bounds(7, 9, 1431, 831)), false);
  place(".map-foot", 700, 700, 800, 900);
  assert.equal(isFree(bounds(600, 300, 690, 640)), true);
  assert.equal(isFree(bounds(600, 300, 694, 640)), false);
  assert.equal(isFree(bounds(600, 300, 694, 630)), true);
});

test("seen well is what is also as large as a seventh of the map", () => {
  assert.equal(isSeenWell(bounds(500, 300, 500 + 0.15 * 1440 + 1, 310)), true);
  assert.equal(isSeenWell(bounds(500, 300, 500 + 0.15 * 1440 - 20, 310)), false);
  assert.equal(isSeenWell(bounds(500, 300, 510, 300 + 0.15 * 840 + 1)), true);
});

test("what was opened comes out from under the drawer at the same zoom: all of it, else the next that fits", () => {
  place("drawer-frame", 1000, 60, 1440, 900);
  const [whole, point] = [bounds(900, 300, 1100, 400), bounds(1050, 350, 1050, 350)];
  uncover(whole, point);
  assert.deepEqual([map.fits[0].bounds, map.fits[0].options.maxZoom], [whole, map.getZoom()]);
  uncover(bounds(0, 0, 1400, 840), point);
  assert.deepEqual(map.fits[1].bounds, point);
  uncover(bounds(0, 0, 1400, 840), bounds(500, 500, 500, 500));
  uncover(undefined, undefined);
  uncover(bounds(500, 300, 700, 400), point);
  assert.equal(map.fits.length, 2);
});
