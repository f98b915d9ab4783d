// What every page shares: the security token of forms that htmx sends, the language switch, the search.
import "app/queries/search.js";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb === "get") return;
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// The language switch comes back to the address as it is now, not as it was when the page was made.
document.addEventListener("submit", (event) => {
  const here = event.target.querySelector("input[data-here]");
  if (here) here.value = location.pathname + location.search;
});
