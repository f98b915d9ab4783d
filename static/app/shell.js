// What every page shares: the security token of forms that htmx sends, the language switch, the search.
import "app/queries/search.js";
import { carry } from "app/carried.js";
import { put, take } from "app/typed.js";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// The address may have changed since the page was made: the day or the quarter was chosen.
for (const name of ["click", "auxclick"]) {
  document.addEventListener(name, ({ target }) => {
    const link = target.closest(".rail a, a.brand");
    if (link) link.setAttribute("href", carry(link.getAttribute("href"), location.search));
  });
}

// What came of the last action is where a reader goes on, on a page of its own.
document.querySelector("#main [data-told]")?.focus();

// The language switch comes back to the address as it is now, not as it was when the page was made, and to what
// was typed in it; so does a form that only changes how the page is seen.
const UNSENT = "atlas.unsent";
const page = document.getElementById("drawer") ?? document.getElementById("main");

document.addEventListener("submit", (event) => {
  const here = event.target.querySelector("input[data-here]");
  if (here) here.value = location.pathname + location.search;
  else if (!event.target.matches("[data-stays]")) return;
  sessionStorage.setItem(UNSENT, JSON.stringify({ path: location.pathname, typed: take(page) }));
});

const kept = JSON.parse(sessionStorage.getItem(UNSENT) ?? "null");
sessionStorage.removeItem(UNSENT);
if (kept?.path === location.pathname) put(page, kept.typed);
