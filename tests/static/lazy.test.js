import { element } from "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, loadStyle } from "app/lazy.js";

test("a script is fetched once, however many wait for it", async () => {
  const both = [load("/a.js"), load("/a.js")];
  const scripts = document.head.querySelectorAll("script");
  assert.deepEqual(scripts.map(({ src }) => src), ["/a.js"]);
  scripts[0].onload();
  await Promise.all(both);
});

test("a script that does not come fails who waits for it", async () => {
  const waiting = load("/b.js");
  document.head.querySelectorAll("script").at(-1).onerror(new Error("away"));
  await assert.rejects(waiting, /away/);
});

test("a style that is there is not fetched again; another goes before ours", () => {
  globalThis.CSS = { escape: (text) => text };
  const ours = element('link[rel="stylesheet"]');
  const before = [];
  ours.before = (link) => before.push(link.href);
  document.head.append(ours);
  loadStyle("/a.css");
  document.querySelector = () => ours;
  loadStyle("/a.css");
  assert.deepEqual(before, ["/a.css"]);
});
