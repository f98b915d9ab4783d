import { answers, PAGE, part, split } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

let turn = 0;

// The tiles that are asked for early at an address.
async function early(address, changes = {}) {
  delete window.atlasEarly;
  Object.assign(location, split(address));
  part("atlas-state").textContent = JSON.stringify({ ...PAGE, ...changes });
  await import(`app/early.js?${turn++}`);
  return window.atlasEarly && [...window.atlasEarly.keys()];
}

const tileOf = (address) => /\/(\d+)\/(\d+)\/(\d+)\.mvt/.exec(address).slice(1).map(Number);

test("an address's place is asked for: the tiles that its view touches", async () => {
  const tiles = (await early("/?at=114.05,22.55,14")).map(tileOf);
  const zooms = new Set(tiles.map(([z]) => z));
  assert.deepEqual([...zooms], [12]);
  const columns = tiles.map(([, x]) => x);
  const centre = Math.floor((114.05 / 360 + 0.5) * 2 ** 12);
  assert.ok(columns.includes(centre));
  assert.ok(tiles.length >= 2 && tiles.length <= 6);
});

test("a place between two zooms has the tiles of the lower, one too deep those of the deepest data", async () => {
  assert.equal(tileOf((await early("/?at=114.05,22.55,13.99"))[0])[0], 11);
  assert.equal(tileOf((await early("/?at=114.05,22.55,22"))[0])[0], 15);
});

test("without a place the whole city is asked for, within the extent of its data", async () => {
  for (const at of ["/", "/?at=x", "/?at=114,22"]) {
    const tiles = (await early(at)).map(tileOf);
    assert.ok(tiles.length > 0, at);
    const edges = [PAGE.extent[0], PAGE.extent[2]].map((lon) => Math.floor((lon / 360 + 0.5) * 2 ** tiles[0][0]));
    assert.ok(tiles.every(([, x]) => x >= edges[0] && x <= edges[1]));
  }
});

test("where no tile is that far out nothing is asked for", async () => {
  assert.equal(await early("/?at=114,22,1"), undefined);
});

test("each layer that is shown first is asked for", async () => {
  const first_tiles = ["/tiles/base/{z}/{x}/{y}.mvt", "/tiles/communities/{z}/{x}/{y}.mvt?period=2025-Q3"];
  const [one, two] = await early("/?at=114.05,22.55,14", { first_tiles });
  assert.deepEqual(tileOf(one), tileOf(two));
});

test("an answer can be read once it is there, whatever its status", async () => {
  const [address] = await early("/?at=114.05,22.55,14");
  answers.set(address, new Uint8Array([1, 2]));
  const [again] = await early("/?at=114.05,22.55,14");
  const answer = await window.atlasEarly.get(again);
  assert.deepEqual([answer.ok, answer.status, (await answer.arrayBuffer()).byteLength], [true, 200, 2]);
});
