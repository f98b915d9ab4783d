// Asks for the first tiles while Leaflet is still on its way: where the map opens, or at the place that the address
// names. A wrong guess costs a request; the map asks for what it needs either way.
(() => {
  const page = JSON.parse(document.getElementById("atlas-state").textContent);
  const args = new URLSearchParams(location.search);
  const size = [innerWidth, innerHeight];
  const world = ([lon, lat]) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  };
  const whole = async (tile) => {
    const answer = await fetch(tile, { headers: { "X-Requested-With": "fetch" } });
    const buffer = await answer.arrayBuffer();
    return { ok: answer.ok, status: answer.status, arrayBuffer: async () => buffer };
  };
  const [west, south, east, north] = page.bounds;
  const [a, b] = [world([west, north]), world([east, south])];
  let [lon, lat, zoom] = (args.get("at") ?? "").split(",").map(Number);
  let centre = world([lon, lat]);
  if (!Number.isFinite(zoom)) {
    const [left, top, right, bottom] = innerWidth < 768 ? page.margins.phone : page.margins.desk;
    const room = [size[0] - left - right, size[1] - top - bottom];
    zoom = Math.floor(4 * Math.log2(Math.min(room[0] / (b[0] - a[0]), room[1] / (b[1] - a[1])) / 256)) / 4;
    const aside = [(left - right) / 2, (top - bottom) / 2].map((px) => px / (256 * 2 ** zoom));
    centre = [(a[0] + b[0]) / 2 - aside[0], (a[1] + b[1]) / 2 - aside[1]];
  }
  const z = Math.min(Math.floor(zoom) - page.tile_levels, page.deepest_tile);
  if (!(z >= 0)) return;
  const side = 2 ** z;
  const [far, near] = [world([page.extent[0], page.extent[3]]), world([page.extent[2], page.extent[1]])];
  const half = size.map((px) => px / 2 / (256 * 2 ** zoom));
  const span = [0, 1].map((i) =>
    [Math.max(centre[i] - half[i], far[i]), Math.min(centre[i] + half[i], near[i])].map((at) => Math.floor(at * side)),
  );
  window.atlasEarly = new Map();
  for (let x = span[0][0]; x <= span[0][1]; x++) {
    for (let y = span[1][0]; y <= span[1][1]; y++) {
      for (const address of page.first_tiles) {
        const tile = address.replace("{z}", z).replace("{x}", x).replace("{y}", y);
        window.atlasEarly.set(tile, whole(tile));
      }
    }
  }
})();
