import { map, place } from "../page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { putPin, showPin } from "app/maps/pin.js";

const AT = L.latLng(22.5, 114.05);

test("one pin stands in its group, and says where it was dragged", () => {
  const group = L.layerGroup();
  const moves = [];
  putPin([22, 114], group, () => assert.fail("the first is gone"));
  putPin(AT, group, (to) => moves.push(to));
  const [pin, ...others] = group.getLayers();
  pin.setLatLng([22.6, 114.1]).fire("dragend");
  assert.deepEqual([others, moves], [[], [L.latLng(22.6, 114.1)]]);
});

test("a pin under the sheet is brought out, one in sight stays", () => {
  map.setView(AT, 14);
  showPin(AT);
  assert.equal(map.fits.length, 0);
  place("drawer-frame", 0, 400, 1440, 900);
  showPin(AT);
  assert.equal(map.fits[0].bounds.toBBoxString(), "114.05,22.5,114.05,22.5");
});
