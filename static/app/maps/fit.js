// Bring something on the map into the part of it that nothing covers: not the drawer, the tools, the legend.
const map = window.map_atlas;
const COVERS = ".map-tools, .map-legend, .map-buttons, .map-foot";
const MARGIN = innerWidth < 768 ? 12 : 20; // px around what is brought into view
const HALO = 8;
const NARROW = 0.15; // of the map: what is smaller is hardly seen
const LEAST = 60; // px; with less than that the map had better stay as it is

export function fit(bounds, maxZoom = 17, options = { animate: false }) {
  if (!bounds.isValid()) return;
  const room = roomFor(bounds, maxZoom);
  if (!room) return;
  const box = map.getContainer().getBoundingClientRect();
  map.fitBounds(bounds, {
    paddingTopLeft: [room.left - box.left, room.top - box.top],
    paddingBottomRight: [box.right - room.right, box.bottom - room.bottom],
    maxZoom,
    ...options,
  });
}

// Whether all of it is in sight.
export function isFree(bounds) {
  const place = placeOf(bounds);
  const { left, right, top, bottom } = open();
  const inside = place.left >= left && place.right <= right && place.top >= top && place.bottom <= bottom;
  return inside && !covers().some((cover) => meet(place, cover));
}

// Whether all of it is in sight and not too small either.
export function isSeenWell(bounds) {
  const { left, right, top, bottom } = placeOf(bounds);
  const size = map.getSize();
  return isFree(bounds) && Math.max((right - left) / size.x, (bottom - top) / size.y) >= NARROW;
}

// Bring the first of these out from under what covers it, without changing the zoom; those too large for that are passed over.
export function uncover(...choices) {
  const zoom = map.getZoom();
  const bounds = choices.find((one) => one?.isValid() && (isFree(one) || roomFor(one, zoom)?.zoom === zoom));
  if (bounds && !isFree(bounds)) fit(bounds, zoom, {});
}

// In px of the window, half a mark wider than it is.
function placeOf(bounds) {
  const { x, y } = map.getContainer().getBoundingClientRect();
  const [a, b] = [map.latLngToContainerPoint(bounds.getNorthWest()), map.latLngToContainerPoint(bounds.getSouthEast())];
  return { left: x + a.x - HALO, right: x + b.x + HALO, top: y + a.y - HALO, bottom: y + b.y + HALO };
}

// The free rectangle in which the bounds are seen largest, and at which zoom; in px of the window, its margin taken off.
function roomFor(bounds, maxZoom) {
  const size = map.project(bounds.getSouthEast(), 0).subtract(map.project(bounds.getNorthWest(), 0));
  const frame = open();
  const taken = covers().filter((cover) => meet(frame, cover));
  let best = null;
  for (const room of rooms(frame, taken)) {
    const [width, height] = [room.right - room.left - 2 * MARGIN, room.bottom - room.top - 2 * MARGIN];
    if (width < LEAST || height < LEAST || taken.some((cover) => meet(room, cover))) continue;
    const zoom = Math.min(maxZoom, Math.log2(Math.min(width / size.x, height / size.y)));
    const area = width * height;
    if (!best || zoom > best.zoom || (zoom === best.zoom && area > best.area)) best = { room, zoom, area };
  }
  if (!best) return null;
  const { left, right, top, bottom } = best.room;
  return { left: left + MARGIN, right: right - MARGIN, top: top + MARGIN, bottom: bottom - MARGIN, zoom: best.zoom };
}

// Every rectangle whose sides are those of the frame or of something in it.
function* rooms(frame, taken) {
  for (const left of [frame.left, ...taken.map((cover) => cover.right)])
    for (const right of [frame.right, ...taken.map((cover) => cover.left)])
      for (const top of [frame.top, ...taken.map((cover) => cover.bottom)])
        for (const bottom of [frame.bottom, ...taken.map((cover) => cover.top)]) yield { left, right, top, bottom };
}

// The map less the drawer, which stands beside it or, on a phone, lies over its lower part.
function open() {
  const { left, right, top, bottom } = map.getContainer().getBoundingClientRect();
  const drawer = document.getElementById("drawer-frame").getBoundingClientRect();
  if (!drawer.width) return { left, right, top, bottom };
  const beside = drawer.width < (right - left) * 0.8;
  return { left, top, right: beside ? drawer.left : right, bottom: beside ? bottom : drawer.top };
}

function covers() {
  return [...document.querySelectorAll(COVERS)].map((part) => part.getBoundingClientRect()).filter(({ width }) => width);
}

function meet(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
