// A file is sent in pieces: a broken connection goes on where it was, and so does the same file chosen again.
const form = document.getElementById("upload-form");
const input = form.elements.file;
const shown = form.querySelector(".import-progress");
const token = form.elements.csrf_token.value;
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

function tell(text, share) {
  shown.hidden = false;
  shown.querySelector("span").textContent = text;
  if (share !== undefined) shown.querySelector("progress").value = share;
}

function keyOf(file) {
  return `upload ${file.name} ${file.size} ${file.lastModified}`;
}

function ask(url, options) {
  return fetch(url, { ...options, headers: { "X-CSRFToken": token, ...options?.headers } });
}

async function begin(file) {
  const known = sessionStorage.getItem(keyOf(file));
  if (known) {
    const answer = await ask(`${known}/received`);
    if (answer.ok) return { url: known, received: (await answer.json()).received };
  }
  const answer = await ask(form.dataset.begin, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: file.name, size: file.size }),
  });
  if (!answer.ok) throw await problem(answer);
  const begun = await answer.json();
  sessionStorage.setItem(keyOf(file), begun.url);
  return begun;
}

async function problem(answer) {
  try {
    const said = await answer.json();
    return new Error([said.title, said.remedy ?? said.detail].filter(Boolean).join(" · "));
  } catch {
    return new Error(form.dataset.failed);
  }
}

export async function send(file, wait = (ms) => new Promise((done) => setTimeout(done, ms))) {
  const { url, received } = await begin(file);
  const piece = Number(form.dataset.piece);
  let at = received;
  let tries = 0;
  while (at < file.size) {
    let answer;
    try {
      answer = await ask(`${url}?offset=${at}`, { method: "PUT", body: file.slice(at, at + piece) });
    } catch {
      answer = null; // the network is away
    }
    if (answer?.ok) {
      at = (await answer.json()).received;
      tries = 0;
      const megabytes = (bytes) => (bytes / 1048576).toFixed(1);
      const text = form.dataset.sending.replace("{done}", megabytes(at)).replace("{total}", megabytes(file.size));
      tell(text, (100 * at) / file.size);
    } else if (answer && answer.status < 500) {
      throw await problem(answer);
    } else {
      if (tries === RETRY_MS.length) throw new Error(form.dataset.failed);
      tell(form.dataset.lost);
      await wait(RETRY_MS[tries++]);
    }
  }
  sessionStorage.removeItem(keyOf(file));
  return url;
}

// The page of the file is the answer to a form, so that going back leads here and asks for nothing anew.
function open(url) {
  form.action = `${url}/look`;
  form.enctype = "application/x-www-form-urlencoded";
  input.disabled = true;
  form.submit();
}

export async function take(file) {
  if (!file) return;
  if (file.size > Number(form.dataset.limit)) {
    tell(form.dataset.large);
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    open(await send(file));
  } catch (error) {
    tell(error.message);
    button.disabled = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(input.files[0]);
});
input.addEventListener("change", () => take(input.files[0]));
for (const kind of ["dragover", "dragenter"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
}
for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("is-over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});
