// The day to which everything counts: another one is another page, with the same thing in hand.
const box = document.getElementById("as-of");
const form = document.getElementById("as-of-form");

for (const part of form.querySelectorAll("[data-needs-script]")) part.hidden = false;

// The address as it is now, not as it was when the page was made.
function addressOf(day) {
  const args = new URLSearchParams(location.search);
  for (const key of ["as_of", "page"]) args.delete(key); // another day may have fewer pages
  if (day) args.set("as_of", day);
  const text = args.toString().replaceAll("%2C", ",");
  return location.pathname + (text ? `?${text}` : "");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(addressOf(event.submitter?.value === "usual" ? "" : form.elements.as_of.value));
});

document.addEventListener("pointerdown", (event) => {
  if (!box.contains(event.target)) box.open = false;
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !box.open) return;
  event.preventDefault(); // the drawer stays
  box.open = false;
  box.querySelector("summary").focus();
});
