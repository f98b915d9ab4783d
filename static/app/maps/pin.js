// The mark of a place that is chosen on the map and not sent yet; it can be dragged.
import { uncover } from "app/maps/fit.js";

const HTML = '<svg viewBox="0 0 24 32" width="30" height="40"><path d="M12 31S2 18.5 2 11.5a10 10 0 0 1 20 0C22 18.5 12 31 12 31z"/><circle cx="12" cy="11.5" r="4"/></svg>';

// Put it at a place, in `group`; `moved` is told where it was dragged.
export function putPin(place, group, moved) {
  group.clearLayers();
  const icon = L.divIcon({ className: "place-marker", iconSize: [30, 40], iconAnchor: [15, 38], html: HTML });
  const pin = L.marker(place, { icon, draggable: true, autoPan: true, keyboard: false }).addTo(group);
  pin.on("dragend", () => moved(pin.getLatLng()));
}

// On a phone the sheet that comes back would cover it.
export function showPin(place) {
  uncover(L.latLngBounds([place]));
}
