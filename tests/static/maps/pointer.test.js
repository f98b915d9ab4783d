import { answers, element, legend, map, place, requests, send, settled } from "../page.js";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { change, emit, marks } from "app/atlas.js";
import "app/maps/canvas.js";
import { capture } from "app/maps/pointer.js";
import { layer, tile } from "../tile.js";

const TILE = { z: 12, x: 3346, y: 1783 };
const CELL = 1024;
const at = (x, y) => map.unproject([TILE.x * CELL + x, TILE.y * CELL + y], 14);
const tip = map.getContainer().children[0];
const point = (id, x, props) => ({ id, kind: 1, props, lines: [[[x, 100]]] });

beforeEach(async () => {
  capture(false);
  requests.length = 0;
  map.fits.length = 0;
  map.setView(at(100, 100), 14);
  const features = [point(7, 100, { name: "甲花园", band: "good", points: 87.654 }), point(8, 200, { key: "K-8", band: "none" })];
  answers.set(`/tiles/communities/${TILE.z}/${TILE.x}/${TILE.y}.mvt?period=2025-Q3`, tile(layer("communities", features, { extent: CELL })));
  change({ layer: "communities" });
  emit("reload", "communities");
  await settled();
  await map.layers.find((one) => one.plan).plan().stores.communities.get(TILE.z, TILE.x, TILE.y);
});

async function hover(x, containerPoint = L.point(10, 10)) {
  map.fire("mousemove", { latlng: at(x, 100), containerPoint });
  await settled();
}

const click = (x, pointerType = "mouse") => map.fire("click", { latlng: at(x, 100), originalEvent: { pointerType } });

test("the tip says the name and one number with its unit and class", async () => {
  await hover(100);
  assert.deepEqual(tip.children.map(({ textContent }) => textContent), ["甲花园", "87.7 分 · good"]);
  assert.equal(tip.hidden, false);
  assert.deepEqual([...marks.hover], [7]);
});

test("without a number the class stands alone", async () => {
  await hover(200);
  assert.equal(tip.children.at(-1).textContent, "none");
});

test("beside everything there is no tip, and nothing is lit", async () => {
  await hover(100);
  await hover(150);
  assert.equal(tip.hidden, true);
  assert.equal(marks.hover.size, 0);
});

test("what the pointer has left by then is not shown", async () => {
  map.fire("mousemove", { latlng: at(100, 100), containerPoint: L.point(1, 1) });
  map.fire("mouseout");
  await settled();
  assert.equal(tip.hidden, true);
});

test("what was awaited for a place that the pointer has left is not shown", async () => {
  let come;
  answers.set("/layers/communities/legend.json?period=2025-Q2", new Promise((done) => (come = done)));
  change({ period: "2025-Q2" });
  await hover(100);
  map.fire("mouseout");
  come(legend("communities", ["good"]));
  await settled();
  assert.equal(tip.hidden, true);
  assert.equal(marks.hover.size, 0);
  change({ period: "2025-Q3" });
});

test("the tip stays within the map", async () => {
  tip.offsetWidth = 100;
  tip.offsetHeight = 40;
  await hover(100, L.point(1430, 890));
  assert.equal(tip.style.transform, "translate(1332px, 852px)");
});

test("a click opens the page of what lies there, a finger reaches further", () => {
  click(107);
  assert.deepEqual(requests, []);
  click(107, "touch");
  assert.equal(requests[0][1], "/communities/7");
});

test("beside a result a click opens a card that leads back to it", () => {
  const drawer = document.getElementById("drawer");
  drawer.replaceChildren(Object.assign(element("[data-origin]"), { dataset: { origin: "result=points_below%3D60" } }));
  click(100);
  drawer.replaceChildren();
  click(100);
  assert.deepEqual(requests.map(([, path]) => path), ["/communities/7?result=points_below%3D60", "/communities/7"]);
});

test("a click and a drawer that comes leave no tip behind", async () => {
  await hover(100);
  click(100);
  assert.deepEqual([tip.hidden, marks.hover.size], [true, 0]);
  await hover(100);
  emit("drawer");
  assert.deepEqual([tip.hidden, marks.hover.size], [true, 0]);
});

test("while a tool takes the clicks nothing is opened or tipped", async () => {
  capture(true);
  click(100);
  await hover(100);
  assert.deepEqual(requests, []);
  assert.equal(tip.hidden, true);
});

test("a result of the search is opened and gone to: its box, or its place no further away than before", async () => {
  place("map", 0, 0, 1440, 900);
  const chosen = send("atlas:chosen", { href: "/streets/1", box: [114, 22, 115, 23] });
  assert.equal(chosen.defaultPrevented, true);
  assert.deepEqual([requests.length, map.fits], [1, []]); // what is left has been left where it was
  await settled();
  assert.equal(map.fits[0].bounds.toBBoxString(), "114,22,115,23");
  for (const [zoom, wanted] of [[14, 16], [18, 18]]) {
    map.zoom = zoom;
    send("atlas:chosen", { href: "/communities/7", at: [114.5, 22.5] });
    await settled();
    assert.equal(map.fits.at(-1).bounds.toBBoxString(), "114.5,22.5,114.5,22.5");
    assert.equal(map.fits.at(-1).options.maxZoom, wanted);
  }
  send("atlas:chosen", { href: "/firms/3" });
  await settled();
  assert.equal(map.fits.length, 3);
  assert.deepEqual(requests.map(([, path]) => path), ["/streets/1", "/communities/7", "/communities/7", "/firms/3"]);
});
