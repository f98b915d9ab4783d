// What was typed or ticked and not sent yet, for pages that are made anew around it.
//   take(root, sent)  what differs from what the page came with; not of the form that is just sent
//   put(root, typed)  the same in the page as it is now, its folded parts open
const NEVER = ["hidden", "password", "file", "submit", "button"];
const SETTLED_MS = 100; // htmx listens to what it put into the page a moment later
const TICKED = ["checkbox", "radio"];

export function take(root, sent = null) {
  return controlsOf(root)
    .filter((control) => control.form && control.form !== sent && isUnsent(control))
    .map((control) => ({ key: keyOf(control), state: stateOf(control) }));
}

export function put(root, typed) {
  const places = new Map(controlsOf(root).map((control) => [keyOf(control), control]));
  for (const { key, state } of typed) {
    const control = places.get(key);
    if (!control) continue;
    set(control, state);
    unfold(control);
    const name = control.options || TICKED.includes(control.type) ? "change" : "input";
    setTimeout(() => control.dispatchEvent(new Event(name, { bubbles: true })), SETTLED_MS);
  }
}

function controlsOf(root) {
  return [...root.querySelectorAll("input[name], select[name], textarea[name]")].filter(({ type }) => !NEVER.includes(type));
}

// A form that came back with a mistake holds what was sent, and nothing of it is saved: <form data-unsent>.
function isUnsent(control) {
  if (control.form.dataset.unsent !== undefined) return true;
  if (TICKED.includes(control.type)) return control.checked !== control.defaultChecked;
  if (!control.options) return control.value !== control.defaultValue;
  const options = [...control.options];
  const first = options.filter(({ defaultSelected }) => defaultSelected);
  if (!first.length && !control.multiple) first.push(options[0]);
  return options.some((option) => option.selected !== first.includes(option));
}

function keyOf({ id, name, type, value, form }) {
  if (id) return id;
  const action = form?.getAttribute("action")?.split("?")[0] ?? "";
  return [action, name, ...(TICKED.includes(type) ? [value] : [])].join(" ");
}

function stateOf(control) {
  if (TICKED.includes(control.type)) return control.checked;
  return control.options ? [...control.options].filter(({ selected }) => selected).map(({ value }) => value) : control.value;
}

function set(control, state) {
  if (TICKED.includes(control.type)) control.checked = state;
  else if (control.options) for (const option of control.options) option.selected = state.includes(option.value);
  else control.value = state;
}

// Of folded parts side by side one is open at most: where that is so already, it stays.
function unfold(control) {
  for (let part = control.closest("details"); part; part = part.parentElement.closest("details")) {
    if (![...part.parentElement.children].some((beside) => beside.matches("details[open]"))) part.open = true;
  }
}
