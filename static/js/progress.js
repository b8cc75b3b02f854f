/* The part of a page that shows how far some work has come fetches itself anew while the work goes on. */

const EVERY = 2000;

const refresh = async () => {
  const part = document.querySelector("[data-refresh]");
  if (!part) return;
  try {
    const response = await fetch(part.dataset.refresh, { headers: { "X-Requested-With": "progress" } });
    if (response.ok && !response.redirected) {
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(part.id);
      if (fresh) part.replaceWith(fresh);
    }
  } catch {
    /* The network may be away for a moment; the work is not. */
  }
  setTimeout(refresh, EVERY);
};

setTimeout(refresh, EVERY);
