// Scripts and styles that few pages need, fetched once, when they are needed.
const scripts = new Map();

export function load(address) {
  if (!scripts.has(address)) {
    scripts.set(
      address,
      new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      }),
    );
  }
  return scripts.get(address);
}

export function loadStyle(address) {
  if (document.querySelector(`link[href="${CSS.escape(address)}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  // Before our own styles, so that these have the last word.
  document.head.querySelector('link[rel="stylesheet"]').before(link);
}
