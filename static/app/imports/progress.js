// The page of a file that is being worked on keeps itself up to date, and shows what came of it.
const part = document.getElementById("upload");
const PAUSE_MS = 1_000;

function isRunning() {
  return part.querySelector("[data-running]")?.dataset.running === "yes";
}

export async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(part.dataset.url, { headers: { "X-Part": "progress" } });
    if (answer.redirected || answer.status === 401) {
      location.assign(answer.redirected ? answer.url : location.href);
      return;
    }
    if (answer.ok) part.innerHTML = await answer.text();
  } catch {
    // The portal is away: what is shown stays, and is asked for again.
  }
  wait();
}

function wait() {
  if (isRunning()) setTimeout(refresh, PAUSE_MS);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && isRunning()) refresh();
});
wait();
