// The communities chosen for an inspection: kept for the session, written into the address as `stops`,
// handed to the route planner.
import { rewrite } from "app/atlas.js";

const KEY = "atlas.stops";
let stops = null; // a set, once somebody asked for it

export function showBasket(query) {
  const basket = query.querySelector("#query-basket");
  if (!basket) return;
  stops ??= new Set(first());
  const most = Number(basket.dataset.most);
  const ticks = [...query.querySelectorAll("[data-stop]")];
  const all = query.querySelector("[data-stop-all]");

  function draw(text = stops.size > most ? "textOver" : "textCount") {
    for (const tick of ticks) tick.checked = stops.has(tick.dataset.stop);
    const open = ticks.filter((tick) => !tick.disabled);
    const on = open.filter((tick) => tick.checked).length;
    if (all) {
      all.checked = on > 0 && on === open.length;
      all.indeterminate = on > 0 && on < open.length;
    }
    describe(basket, most, basket.dataset[text]);
    write();
  }

  for (const tick of ticks) {
    tick.addEventListener("change", () => {
      if (tick.checked) stops.add(tick.dataset.stop);
      else stops.delete(tick.dataset.stop);
      draw();
    });
  }
  // As many of the page as a route takes.
  all?.addEventListener("change", () => {
    const mine = ticks.filter((tick) => !tick.disabled).map((tick) => tick.dataset.stop);
    if (!all.checked) for (const id of mine) stops.delete(id);
    else for (const id of mine) if (stops.size < most) stops.add(id);
    draw(all.checked && mine.some((id) => !stops.has(id)) ? "textFull" : undefined);
  });
  basket.querySelector("[data-basket-clear]").addEventListener("click", () => {
    stops.clear();
    draw();
  });
  draw();
}

// The route is planned: what was chosen for it is no longer on its way there.
export function emptyBasket() {
  stops = new Set();
  sessionStorage.removeItem(KEY);
}

function describe(basket, most, text) {
  const over = stops.size > most;
  basket.hidden = !stops.size;
  basket.classList.toggle("is-over", over);
  basket.querySelector("#query-basket-count").textContent = text.replace("{n}", stops.size).replace("{most}", most);
  const link = basket.querySelector("#query-basket-route");
  link.toggleAttribute("aria-disabled", over);
  if (over) link.removeAttribute("href");
  else link.href = `${basket.dataset.route}?stops=${[...stops].join(",")}`;
}

// What the address says, else what was chosen before.
function first() {
  const named = new URLSearchParams(location.search).get("stops");
  if (named) return named.split(",").filter((id) => /^\d+$/.test(id));
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

function write() {
  sessionStorage.setItem(KEY, JSON.stringify([...stops]));
  const args = new URLSearchParams(location.search);
  if (stops.size) args.set("stops", [...stops].join(","));
  else args.delete("stops");
  rewrite(args);
}
