// Show what a page is about, unless its address says where to look.
import { isMadeHere, on } from "app/atlas.js";
import { fit, isFree } from "app/maps/fit.js";

// Where the address that the page came with says that the map is; until the drawer holds something else.
let given = new URLSearchParams(location.search).get("at");

// A link that says where the map is, is obeyed, unless it was made on a screen of the other size and would leave
// this under the drawer or out of sight.
export function reveal(bounds, maxZoom) {
  if (!bounds.isValid() || (given && (isMadeHere(given) || isFree(bounds)))) return;
  fit(bounds, maxZoom);
}

on("drawer", () => (given = null));
