// What every form that saves as it is typed shares: how it asks the server, and how long it waits before it tries again.

export const RETRY = [2000, 4000, 8000, 15_000]; // ms before the next try; the last stands for all that follow
const PATIENCE = 20_000; // ms for one answer of the server

// The token as it is now: signing in in another tab makes a new one, and the form still holds the old. What the
// cookie is called differs between a desk and the server, so the form says it (data-csrf-cookie).
export function token(form) {
  const start = `${form.dataset.csrfCookie}=`;
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(start));
  return cookie?.slice(start.length) ?? form.elements.csrfmiddlewaretoken.value;
}

export const headers = (form) => ({ "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": token(form) });

// Send `data` and return what came: the status (0: no answer) and, where it was JSON, the answer.
export async function post(form, url, data) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(url, {
      method: "POST",
      body: data,
      headers: { ...headers(form), Accept: "application/json" },
      credentials: "same-origin",
      signal: stop.signal,
    });
    const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
    return { code: response.status, answer: isJson ? await response.json() : null };
  } catch {
    return { code: 0, answer: null };
  } finally {
    clearTimeout(clock);
  }
}
