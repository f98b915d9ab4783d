// Pointing at the map: a tip with the name and one number; a click opens the card.
import { emit, format, map, mark, on, open, say, state } from "app/atlas.js";
import { legendOf, pick } from "app/maps/canvas.js";
import { fit } from "app/maps/fit.js";

const TOUCH_REACH = 16;
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
map.getContainer().append(tip);

let frame = 0;
let moves = 0; // how often the pointer moved or left: what was awaited for an earlier move is not shown
let captured = false; // a tool (drawing, choosing a point) takes the clicks

export function capture(on) {
  captured = on;
  map.getContainer().classList.toggle("capturing", on);
  if (on) leave();
}

function line(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

async function describe({ layer, feature }) {
  const props = feature.props;
  const parts = [line("tip-name", props.name || say("unnamed", { key: props.key }))];
  if (layer.name === state.layer || !layer.thematic) {
    const legend = await legendOf(layer);
    const found = legend.classes.find((entry) => entry.code === props[layer.class_property]);
    const value = props[layer.value_property];
    const number = value === undefined || value === null ? "" : `${format(value, legend.digits)} ${legend.unit}`;
    const label = found?.short || found?.label || "";
    parts.push(line("tip-value", [number, label].filter(Boolean).join(" · ")));
  }
  if (!props.name && layer.beneath) parts.shift();
  return parts;
}

async function hover(event) {
  const mine = ++moves;
  const found = captured ? null : pick(event.latlng);
  if (!found) return leave();
  const parts = await describe(found);
  if (mine !== moves) return; // the pointer is elsewhere by now
  tip.replaceChildren(...parts);
  const { x, y } = event.containerPoint;
  const size = map.getSize();
  tip.hidden = false;
  tip.style.transform = `translate(${Math.min(x + 14, size.x - tip.offsetWidth - 8)}px, ${Math.min(y + 16, size.y - tip.offsetHeight - 8)}px)`;
  map.getContainer().classList.toggle("pointing", Boolean(found.layer.address));
  mark("hover", found.layer.name === "communities" ? [found.feature.id] : []);
  emit("hover", found);
}

function leave() {
  cancelAnimationFrame(frame);
  moves++;
  if (tip.hidden) return;
  tip.hidden = true;
  map.getContainer().classList.remove("pointing");
  mark("hover", []);
  emit("hover", null);
}

if (matchMedia("(hover: hover)").matches) {
  map.on("mousemove", (event) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => hover(event));
  });
  map.on("mouseout movestart", leave);
}

map.on("click", (event) => {
  if (captured) return;
  const touch = event.originalEvent.pointerType === "touch";
  const found = pick(event.latlng, touch ? TOUCH_REACH : undefined);
  if (!found?.layer.address) return;
  const path = found.layer.address.replace("{id}", found.feature.id);
  leave();
  emit("clicked", { path, at: event.latlng });
  open(path + wayBack(found.layer));
});

// A card that is opened beside a result leads back to it, as one that is opened from its list does.
function wayBack(layer) {
  const origin = layer.name === "communities" && document.getElementById("drawer").querySelector("[data-origin]")?.dataset.origin;
  return origin ? `?${origin}` : "";
}

// The drawer comes over what was pointed at, and no pointer is told to have left it.
on("drawer", leave);

// A result of the search: the drawer shows it, the map goes there. In this order, since what is left keeps its place.
document.addEventListener("atlas:chosen", async (event) => {
  event.preventDefault();
  const { href, at, box } = event.detail;
  await open(href);
  if (box) fit(L.latLngBounds([box[1], box[0]], [box[3], box[2]]), 16);
  else if (at) fit(L.latLngBounds([[at[1], at[0]]]), Math.max(map.getZoom(), 16));
});
