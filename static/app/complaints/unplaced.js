// The queue of complaints without a community: how many are ticked, and what their sources call the place.
const form = document.getElementById("assign-form");
const count = document.getElementById("assign-count");
const box = document.getElementById("community");
const jump = document.getElementById("assign-jump"); // on a phone the form is below the list
const near = document.getElementById("near-street");
const all = form?.querySelector("[data-all]");
const ticks = [...(form?.querySelectorAll('[name="complaint"]') ?? [])];

function ticked() {
  return ticks.filter((tick) => tick.checked);
}

function show() {
  const chosen = ticked();
  const over = chosen.length > Number(form.dataset.most);
  const text = count.dataset[over ? "over" : chosen.length ? "some" : "none"];
  count.textContent = text.replace("{n}", chosen.length).replace("{most}", form.dataset.most);
  jump.hidden = !chosen.length;
  jump.textContent = jump.dataset.text.replace("{n}", chosen.length);
  for (const tick of ticks) tick.closest("tr").classList.toggle("is-ticked", tick.checked);
  all.checked = chosen.length > 0 && chosen.length === ticks.length;
  all.indeterminate = chosen.length > 0 && chosen.length < ticks.length;
}

// Ticked complaints of one street: its communities come first. Of one name: look for a community called so.
function suggest() {
  const streets = new Set(ticked().map((tick) => tick.dataset.street));
  near.value = streets.size === 1 ? [...streets][0] : near.dataset.first;
  const words = new Set(ticked().map((tick) => tick.dataset.words));
  if (words.size !== 1 || (box.value && box.value !== box.dataset.suggested)) return;
  const [name] = words;
  if (!name || name === box.value) return;
  box.value = box.dataset.suggested = name;
  htmx.trigger(box, "search");
}

if (box) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    show();
    suggest();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name !== "complaint") return;
    show();
    suggest();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // look for it, don't assign yet
    htmx.trigger(box, "search");
  });
  show();
  new IntersectionObserver(([{ isIntersecting }]) => jump.classList.toggle("is-there", isIntersecting)).observe(jump.nextElementSibling);
}

// Filters apply as soon as one is chosen.
for (const filters of document.querySelectorAll("[data-autosubmit]")) {
  filters.addEventListener("change", (event) => {
    if (event.target.matches("select, [type=checkbox]")) filters.requestSubmit();
  });
}
