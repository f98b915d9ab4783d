// The drawer: what it holds is marked on the map; on a phone it is a sheet with three heights.
import { emit, follow, map, mark, on, open, page, say } from "app/atlas.js";
import { uncover } from "app/maps/fit.js";
import { reveal } from "app/reveal.js";
import { put, take } from "app/typed.js";

const frame = document.getElementById("drawer-frame");
const body = document.getElementById("drawer");
const grab = document.getElementById("grab");
const said = document.getElementById("drawer-said");
const HEIGHTS = ["low", "half", "full"];
const DRAG_PX = 40;
const FIRST_ZOOM = 15;
const left = new Map(); // path of a page that was left with something unsent → what
let here = location.pathname; // of what the drawer holds
let unsent = [];
let clicked = null; // what was clicked on the map last, and where
let found = []; // what waited for the page that the browser's buttons lead to
let asked = null; // the newest request for the drawer

function isOpen() {
  return !body.querySelector("[data-nothing]");
}

// What the template says about itself: <div data-community="12" data-at="lon,lat"> and the like.
function settle() {
  mark("selected", idsOf("community"));
  const outlined = idsOf("outlined");
  mark("street", outlined.length ? outlined : page.own_street);
  document.body.classList.toggle("drawer-open", isOpen());
  if (isOpen() && !frame.dataset.height) setHeight("half");
}

// The drawer holds something else. What it held when the page came, others found there themselves.
function change() {
  settle();
  emit("drawer", location.pathname);
}

// The id that the drawer's content holds under data-NAME, in a list.
function idsOf(name) {
  const holder = body.querySelector(`[data-${name}]`);
  return holder ? [holder.dataset[name]] : [];
}

function setHeight(height) {
  frame.dataset.height = height;
  grab.setAttribute("aria-expanded", String(height !== "low"));
}

function step(by) {
  const now = HEIGHTS.indexOf(frame.dataset.height ?? "half");
  setHeight(HEIGHTS[Math.max(0, Math.min(now + by, HEIGHTS.length - 1))]);
}

// A page that was opened by its address shows the place it is about.
function arrive() {
  const bounds = placeOf();
  if (!bounds) return;
  const told = new URLSearchParams(location.search).has("at");
  reveal(bounds, told ? map.getZoom() : Number(body.querySelector("[data-at]").dataset.zoom ?? FIRST_ZOOM));
}

// What was opened lies in sight beside the drawer: all of it, else where it was clicked, else a point in it.
function show() {
  uncover(boxOf(), clicked?.path === location.pathname ? clicked.at.toBounds(0) : placeOf());
}

function boxOf() {
  const box = body.querySelector("[data-box]")?.dataset.box.split(",").map(Number);
  return box && L.latLngBounds([box[1], box[0]], [box[3], box[2]]);
}

function placeOf() {
  const place = body.querySelector("[data-at]")?.dataset.at.split(",").map(Number);
  return place && L.latLngBounds([[place[1], place[0]]]);
}

document.addEventListener("htmx:beforeRequest", ({ detail: { target, xhr } }) => {
  if (target === body) asked = xhr;
});
// What was made for the drawer is an answer to show, whatever its status: a form with its mistakes, a conflict.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target !== body || xhr.getResponseHeader("X-Part") !== "drawer") return;
  const { elt, verb } = event.detail.requestConfig;
  // Of two pages asked for, the newer is wanted. The older would take its link away, without which htmx leaves the
  // address as it was. What answers a write is always told.
  event.detail.shouldSwap = xhr === asked || verb !== "get";
  event.detail.isError = false;
  if (!event.detail.shouldSwap) return;
  unsent = elt.closest("[data-afresh]") ? [] : take(body, elt.closest("form"));
});
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, etc } = event.detail;
  if (target !== body) return;
  const stays = location.pathname === here;
  if (stays) put(body, unsent);
  else leave();
  if (etc?.replace) return change(); // the same page: the reader stays where they are
  body.scrollTop = 0;
  change();
  show();
  attend(stays);
});
document.addEventListener("htmx:historyCacheMiss", () => {
  unsent = take(body);
  const isSame = location.pathname === here; // it counts by something else
  found = isSame ? unsent : (left.get(location.pathname) ?? []);
  if (isSame) return;
  left.delete(location.pathname);
  leave();
});
document.addEventListener("htmx:historyRestore", () => {
  put(body, found);
  change();
});
document.addEventListener("htmx:responseError", (event) => {
  emit("notice", problemOf(event.detail.xhr));
});
// What the back button leads to is there no more, or not for this account: its page says so.
document.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());
document.addEventListener("htmx:sendError", () => emit("notice", say("not_loaded")));

// A page is read from its heading, with what came of the last action. Who narrows a list goes on there, and hears
// what is left: of a part that has just been put in, its role alone says nothing.
function attend(stays) {
  const heading = body.querySelector("h2");
  const told = body.querySelector("#told");
  if (told) heading?.setAttribute("aria-describedby", told.id);
  const narrows = stays && !told && document.activeElement?.closest("#drawer .data-filters");
  said.textContent = narrows ? (body.querySelector(".data-range, .data-empty")?.textContent ?? "") : "";
  if (!narrows) heading?.focus({ preventScroll: true });
}

// Another page comes: what was not sent waits for the reader to come back by the browser's buttons.
function leave() {
  if (unsent.length) {
    left.set(here, unsent);
    emit("notice", say("typed_left"));
  }
  unsent = [];
  here = location.pathname;
}

function problemOf(xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return [...page.querySelectorAll("main h1, main .lead")].map((part) => part.textContent).join(" · ") || String(xhr.status);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isOpen() && !event.defaultPrevented && !event.target.closest("input, select, textarea")) open("/");
});

// A row of a list and its community on the map light up together.
for (const [name, on] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
  body.addEventListener(name, (event) => {
    const row = event.target.closest("[data-hover]");
    if (row) mark("hover", on ? [row.dataset.hover] : []);
  });
}

on("clicked", (what) => (clicked = what));

// Another quarter or category was chosen: what counts by them, as <… data-scoped="period category"> says, does so anew.
on("chosen", (keys) => {
  const scoped = body.querySelector("[data-scoped]")?.dataset.scoped.split(" ") ?? [];
  if (keys.some((key) => scoped.includes(key))) follow(location.pathname + location.search);
});

let start = null;
grab.addEventListener("pointerdown", (event) => {
  start = event.clientY;
  grab.setPointerCapture(event.pointerId);
});
grab.addEventListener("pointerup", (event) => {
  const moved = start - event.clientY;
  start = null;
  if (Math.abs(moved) > DRAG_PX) step(Math.sign(moved));
});
grab.addEventListener("click", (event) => {
  if (event.detail > 1) return;
  const now = frame.dataset.height;
  setHeight(now === "low" ? "half" : now === "half" ? "full" : "low");
});

settle();
arrive();
