// The communities chosen for an inspection: kept for the session, written into the address as `stops`,
// handed to the route planner.
const KEY = "atlas.stops";
const first = new URLSearchParams(location.search).get("stops");
const stops = first ? new Set(first.split(",").filter((id) => /^\d+$/.test(id))) : new Set(read());

export function showBasket(query) {
  const basket = query.querySelector("#query-basket");
  if (!basket) return;
  const ticks = [...query.querySelectorAll("[data-stop]")];
  const all = query.querySelector("[data-stop-all]");

  function draw() {
    for (const tick of ticks) tick.checked = stops.has(tick.dataset.stop);
    const open = ticks.filter((tick) => !tick.disabled);
    const on = open.filter((tick) => tick.checked).length;
    if (all) {
      all.checked = on > 0 && on === open.length;
      all.indeterminate = on > 0 && on < open.length;
    }
    describe(basket);
    write();
  }

  for (const tick of ticks) {
    tick.addEventListener("change", () => {
      if (tick.checked) stops.add(tick.dataset.stop);
      else stops.delete(tick.dataset.stop);
      draw();
    });
  }
  all?.addEventListener("change", () => {
    for (const tick of ticks) {
      if (tick.disabled) continue;
      if (all.checked) stops.add(tick.dataset.stop);
      else stops.delete(tick.dataset.stop);
    }
    draw();
  });
  basket.querySelector("[data-basket-clear]").addEventListener("click", () => {
    stops.clear();
    draw();
  });
  draw();
}

function describe(basket) {
  const most = Number(basket.dataset.most);
  const over = stops.size > most;
  const text = over ? basket.dataset.textOver : basket.dataset.textCount;
  basket.hidden = !stops.size;
  basket.classList.toggle("is-over", over);
  basket.querySelector("#query-basket-count").textContent = text.replace("{n}", stops.size).replace("{most}", most);
  const link = basket.querySelector("#query-basket-route");
  link.toggleAttribute("aria-disabled", over);
  if (over) link.removeAttribute("href");
  else link.href = `${basket.dataset.route}?stops=${[...stops].join(",")}`;
}

function read() {
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
  const text = args.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
  history.replaceState(history.state, "", location.pathname + (text ? `?${text}` : ""));
}
