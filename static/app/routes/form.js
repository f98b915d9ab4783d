// The form of a new route: the chosen communities on the map, the start picked there, progress while it plans.
import { emit, keepClear, map, rewrite, say } from "app/atlas.js";
import { fit, isSeenWell } from "app/maps/fit.js";
import { capture } from "app/maps/pointer.js";
import { reveal } from "app/reveal.js";

const COLOUR = "#0b5cad";
const DOT = 6; // px
const TERMINUS = 14;
const SLOW_MS = 2000;
const chosen = L.featureGroup().addTo(map);
let form = null;
let start = null;
let endPick = null;

export function settleForm(found) {
  endPick?.();
  chosen.clearLayers();
  keepClear("chosen", []);
  start = null;
  form = found;
  if (!form) return;
  for (const part of form.querySelectorAll("[data-needs-script]")) part.hidden = false;
  form.elements.start.addEventListener("change", showStart);
  form.elements.start_at.addEventListener("input", showStart);
  field("#route-pick").addEventListener("click", () => (endPick ? endPick() : pick()));
  field("#route-here").addEventListener("click", locate);
  for (const link of form.querySelectorAll("[data-remove]")) link.addEventListener("click", remove, { capture: true });
  form.addEventListener("htmx:beforeRequest", work);
  showChosen();
  showStart();
  const bounds = chosen.getBounds();
  if (bounds.isValid() && !isSeenWell(bounds)) reveal(bounds, 16);
  const error = field("#route-error");
  if (error) requestAnimationFrame(() => error.focus()); // after the drawer has focused its heading
}

function field(selector) {
  return form.querySelector(selector);
}

function rows() {
  return [...form.querySelectorAll(".route-chosen > li")];
}

// ---- the chosen communities -----------------------------------------------------------------------

function showChosen() {
  chosen.clearLayers();
  for (const row of rows()) {
    const at = latLng(row.dataset.place);
    if (!at) continue;
    L.circleMarker(at, { radius: DOT, color: "#ffffff", weight: 2, fillColor: COLOUR, fillOpacity: 1, interactive: false }).addTo(chosen);
  }
}

// No name on the map is hidden by what is chosen.
function giveWay() {
  const dots = rows().map((row) => ({ at: latLng(row.dataset.place), radius: DOT + 1 }));
  const ends = start ? [{ at: start.getLatLng(), radius: TERMINUS }] : [];
  keepClear("chosen", [...ends, ...dots.filter(({ at }) => at)]);
}

function latLng(text) {
  const parts = (text ?? "").trim().split(/[,，\s]+/);
  const [lon, lat] = parts.map(Number);
  const fits = parts.length === 2 && parts.every(Boolean) && Math.abs(lon) <= 180 && Math.abs(lat) <= 85;
  return fits ? [lat, lon] : null;
}

// Removing needs no round trip, so that what was typed stays; the last one leaves by the link.
function remove(event) {
  const row = event.currentTarget.closest("li");
  const left = rows().filter((other) => other !== row);
  if (!left.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const id = row.dataset.hover;
  row.remove();
  const option = form.elements.start.querySelector(`option[value="${CSS.escape(id)}"]`);
  if (option?.selected) form.elements.start.value = "point";
  option?.remove();
  field("#route-chosen-n").textContent = left.length;
  const status = field("#route-removed");
  status.textContent = fill(status.dataset.text, { name: row.dataset.name, n: left.length });
  next.querySelector("[data-remove]").focus();
  rewriteAddress(left);
  showChosen();
  showStart();
}

function rewriteAddress(left) {
  const args = new URLSearchParams(location.search);
  args.set("stops", left.map((row) => row.dataset.hover).join(","));
  rewrite(args);
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// ---- the start ------------------------------------------------------------------------------------

function showStart() {
  const select = form.elements.start;
  const isPoint = select.value === "point";
  field("#route-point").hidden = !isPoint;
  const at = latLng(isPoint ? form.elements.start_at.value : select.selectedOptions[0].dataset.place);
  start?.remove();
  start = null;
  if (!at) return giveWay();
  const html = document.createElement("span");
  html.className = "route-terminus start";
  const icon = L.divIcon({ html, className: "route-icon", iconSize: [32, 32] });
  start = L.marker(at, { icon, keyboard: false, interactive: false }).addTo(chosen);
  giveWay();
}

function hint(key) {
  const place = field("#route-pick-hint");
  place.textContent = key ? place.dataset[key] : "";
}

function setStart({ lat, lng }) {
  const { start: choice, start_at: at, start_name: name } = form.elements;
  choice.value = "point";
  // The name that came with the form belongs to the place that came with it.
  if (at.defaultValue && at.value === at.defaultValue && name.value === name.defaultValue) name.value = "";
  at.value = `${lng.toFixed(6)},${lat.toFixed(6)}`;
  hint("picked");
  showStart();
}

function pick() {
  const button = field("#route-pick");
  const frame = document.getElementById("drawer-frame");
  const height = frame.dataset.height;
  const done = ({ latlng } = {}) => {
    map.off("click", done);
    document.removeEventListener("keydown", cancel, true);
    capture(false);
    button.setAttribute("aria-pressed", "false");
    if (height) frame.dataset.height = height;
    endPick = null;
    hint("");
    if (latlng) setStart(latlng);
  };
  const cancel = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    done();
    button.focus();
  };
  endPick = () => done();
  button.setAttribute("aria-pressed", "true");
  hint("picking");
  if (height) frame.dataset.height = "low"; // a phone: the map needs the room
  capture(true);
  map.on("click", done);
  document.addEventListener("keydown", cancel, true);
}

function locate() {
  const mine = form;
  hint("searching");
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => {
      if (form !== mine) return;
      setStart({ lat: coords.latitude, lng: coords.longitude });
      fit(chosen.getBounds(), 16);
    },
    () => {
      if (form === mine) hint("");
      emit("notice", say("no_position"));
    },
    { enableHighAccuracy: true, timeout: 15000 },
  );
}

// ---- planning -------------------------------------------------------------------------------------

function work(event) {
  if (event.detail.requestConfig.verb !== "post") return;
  const progress = field("#route-progress");
  const n = rows().length;
  const began = Date.now();
  progress.textContent = fill(progress.dataset.text, { n });
  progress.hidden = false;
  const timer = setInterval(() => {
    if (!progress.isConnected) return clearInterval(timer);
    const passed = Date.now() - began;
    if (passed > SLOW_MS) progress.textContent = fill(progress.dataset.slow, { n, s: Math.round(passed / 1000) });
  }, 500);
  const end = () => {
    clearInterval(timer);
    progress.hidden = true;
  };
  form.addEventListener("htmx:afterRequest", end, { once: true });
}
