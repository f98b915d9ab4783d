// Search by name, pinyin initials, alias or firm. "/" focuses; arrows choose; Enter opens.
const root = document.getElementById("search");
const box = document.getElementById("search-box");
const list = document.getElementById("search-list");
const status = document.getElementById("search-status");
const DELAY_MS = 120;

let found = [];
let active = -1;
let timer = 0;
let controller = null;

function show(answer) {
  found = answer.results;
  active = found.length ? 0 : -1;
  list.replaceChildren(...found.map(row));
  if (!found.length) list.replaceChildren(note(answer.message));
  status.textContent = answer.message;
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  choose(active);
}

function row(item, index) {
  const option = document.createElement("li");
  option.id = `search-option-${index}`;
  option.role = "option";
  option.className = `result ${item.kind}${item.indent ? " indent" : ""}`;
  const name = document.createElement("span");
  name.className = "result-name";
  name.textContent = item.name;
  const hint = document.createElement("span");
  hint.className = "result-hint";
  hint.textContent = item.hint;
  option.append(name, hint);
  option.addEventListener("pointerdown", (event) => event.preventDefault());
  option.addEventListener("click", () => go(index));
  return option;
}

function note(text) {
  const item = document.createElement("li");
  item.className = "result-note";
  item.role = "option";
  item.setAttribute("aria-disabled", "true");
  item.textContent = text;
  return item;
}

function choose(index) {
  list.querySelector("[aria-selected=true]")?.removeAttribute("aria-selected");
  active = index;
  const option = found.length ? list.children[index] : null;
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
}

function close() {
  controller?.abort();
  clearTimeout(timer);
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

// On the map the result opens in the drawer and the map goes there; elsewhere its page opens.
function go(index) {
  const item = found[index];
  if (!item) return;
  close();
  box.blur();
  const chosen = new CustomEvent("atlas:chosen", { detail: item, cancelable: true });
  if (document.dispatchEvent(chosen)) location.assign(item.href);
}

// A firm is found with what it serves on the page's day.
function argumentsOf(q) {
  const here = new URLSearchParams(location.search);
  const kept = ["as_of", "period"].filter((key) => here.get(key)).map((key) => [key, here.get(key)]);
  return new URLSearchParams([["q", q], ...kept]);
}

async function ask() {
  const q = box.value.trim();
  if (!q) return close();
  controller?.abort();
  controller = new AbortController();
  try {
    const answer = await fetch(`${root.dataset.url}?${argumentsOf(q)}`, {
      headers: { "X-Requested-With": "fetch" },
      signal: controller.signal,
    });
    const body = await answer.json();
    if (answer.ok) show(body);
    else show({ results: [], message: body.detail || body.title });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

const keys = {
  ArrowDown: () => choose(Math.min(active + 1, found.length - 1)),
  ArrowUp: () => choose(Math.max(active - 1, 0)),
  Enter: () => go(active),
  Escape: () => (list.hidden ? box.blur() : close()),
};

if (box) {
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  box.addEventListener("focus", () => box.value.trim() && ask());
  box.addEventListener("blur", close);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
