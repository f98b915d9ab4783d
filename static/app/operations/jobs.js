// The page of jobs keeps itself up to date: often while something runs, never while nobody looks.
const OFTEN_MS = 2_000;
const SELDOM_MS = 15_000;

const list = document.getElementById("jobs");
const status = document.getElementById("jobs-status");
let timer;
let asking = false;
let shown = "";

function pause() {
  return Number(list.querySelector("[data-unfinished]")?.dataset.unfinished) > 0 ? OFTEN_MS : SELDOM_MS;
}

function wait(milliseconds) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, milliseconds);
}

// Nothing is touched where nothing is new; a button under the keyboard stays under it.
function show(html) {
  if (html === shown) return;
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  shown = html;
  list.innerHTML = html;
  if (held?.name) list.querySelector(`[name="${held.name}"][value="${held.value}"]`)?.focus();
  const said = list.querySelector("[data-status]")?.dataset.status;
  if (said && status.textContent !== said) status.textContent = said;
}

export async function refresh() {
  if (asking) return;
  asking = true;
  let next = SELDOM_MS;
  try {
    const answer = await fetch(list.dataset.url, { headers: { "X-Requested-With": "fetch" } });
    if (answer.status === 401) {
      location.reload(); // to the login, and back
      return;
    }
    if (answer.ok) {
      show(await answer.text());
      next = pause();
    }
  } catch {
    // The portal is away: what is shown stays, and is asked for again.
  } finally {
    asking = false;
  }
  wait(next);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) refresh();
});

wait(pause());
