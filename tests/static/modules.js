// The modules of static/app under the names by which they import each other, as the pages' import map has them.
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

// Node.js runs what resolves names in a thread of its own, which loads this file again.
if (isMainThread) register(import.meta.url);

export function resolve(name, context, next) {
  return next(name.startsWith("app/") ? new URL(`../../static/${name}`, import.meta.url).href : name, context);
}
