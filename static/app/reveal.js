// Show what a page is about, unless its address, or the step of the history that led back to it, says where to look.
import { isMadeHere, on } from "app/atlas.js";
import { fit, isFree } from "app/maps/fit.js";

// Where the address that the page came with says that the map is; until the drawer holds something else.
let given = new URLSearchParams(location.search).get("at");
let isBack = false; // the browser's buttons are leading to a page
let stays = false; // they led to the one in the drawer

// A link that says where the map is, is obeyed, unless it was made on a screen of the other size and would leave
// this under the drawer or out of sight.
export function reveal(bounds, maxZoom) {
  if (!bounds.isValid() || stays || (given && (isMadeHere(given) || isFree(bounds)))) return;
  fit(bounds, maxZoom);
}

document.addEventListener("htmx:historyRestore", () => (isBack = true));
on("drawer", () => {
  given = null;
  stays = isBack;
  isBack = false;
});
