import { answers, asked, element, part, settled } from "../window.js";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

const list = part("jobs");
const status = part("jobs-status");
list.dataset.url = "/jobs/list";
list.contains = (one) => list.children.includes(one);

// What a list of so many unfinished jobs leaves in the page.
function hold(unfinished) {
  const part = element("[data-unfinished]");
  part.dataset.unfinished = String(unfinished);
  const said = element("[data-status]");
  said.dataset.status = `${unfinished} unfinished`;
  list.children = [part, said];
}

const waits = [];
mock.method(globalThis, "setTimeout", (_call, milliseconds) => waits.push(milliseconds));
mock.method(globalThis, "clearTimeout", () => {});
document.hidden = false;
hold(1);
const { refresh } = await import("app/operations/jobs.js");
const [first] = waits;

beforeEach(() => {
  mock.restoreAll();
  mock.method(globalThis, "setTimeout", (_call, milliseconds) => waits.push(milliseconds));
  waits.length = asked.length = 0;
  document.hidden = false;
  document.activeElement = null;
});

test("while something runs the page asks often", () => {
  assert.equal(first, 2000);
});

test("what is new is shown, told, and asked for again", async () => {
  answers.set("/jobs/list", "<p>1</p>");
  hold(1);
  await refresh();
  assert.equal(list.innerHTML, '"<p>1</p>"');
  assert.equal(status.textContent, "1 unfinished");
  assert.equal(asked[0].headers["X-Requested-With"], "fetch");
  assert.deepEqual(waits, [2000]);
});

test("what is shown already is left alone, and seldom asked for when nothing runs", async () => {
  hold(0);
  list.innerHTML = "as it was";
  await refresh();
  assert.equal(list.innerHTML, "as it was");
  assert.deepEqual(waits, [15000]);
});

test("a button under the keyboard stays under it", async () => {
  const button = element('[name="cancel"][value="7"]');
  Object.assign(button, { name: "cancel", value: "7" });
  const again = element('[name="cancel"][value="7"]');
  let focused = 0;
  again.focus = () => focused++;
  list.children = [button];
  document.activeElement = button;
  answers.set("/jobs/list", "<p>2</p>");
  Object.defineProperty(list, "innerHTML", { set: () => (list.children = [again]), configurable: true });
  await refresh();
  delete list.innerHTML;
  assert.equal(focused, 1);
});

test("a portal that is away is asked again later", async () => {
  answers.set("/jobs/list", 503);
  await refresh();
  answers.set("/jobs/list", Promise.reject(new TypeError("away")));
  await refresh();
  assert.deepEqual(waits, [15000, 15000]);
});

test("who was logged out is led to the login", async () => {
  answers.set("/jobs/list", 401);
  let reloads = 0;
  location.reload = () => reloads++;
  await refresh();
  assert.equal(reloads, 1);
  assert.deepEqual(waits, []);
});

test("nobody looks, nothing is asked; who comes back sees what is new at once", async () => {
  mock.restoreAll();
  answers.set("/jobs/list", "<p>3</p>");
  document.hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.equal(asked.length, 0);
  mock.method(globalThis, "setTimeout", (call, milliseconds) => (milliseconds === 5 ? setImmediate(call) : waits.push(milliseconds)));
  document.hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  await new Promise(setImmediate);
  assert.equal(asked.length, 1);
});
