/* Conveniences of forms. The server refuses doubles and shows errors by itself; this spares the waiting. */

/* The second click of a double click sends nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.dataset.repeatable !== undefined) return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  form.dataset.sent = "";
  /* After this turn of the loop: a disabled button's own name and value would not be sent. */
  setTimeout(() => {
    for (const button of form.querySelectorAll('button:not([type="button"])')) {
      button.setAttribute("aria-busy", "true");
      button.disabled = true;
    }
  });
});

/* Coming back with the Back button finds the form ready again; a download never leaves the page. */
const release = () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('button[aria-busy="true"]')) {
      button.removeAttribute("aria-busy");
      button.disabled = false;
    }
  }
};
addEventListener("pageshow", release);
document.addEventListener("submit", (event) => {
  if (event.target.dataset.download !== undefined) setTimeout(release, 4000);
});
document.addEventListener("htmx:afterRequest", release);

/* Filters act at once where the form says so: <form data-auto-submit>. */
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.dataset.autoSubmit !== undefined && event.target.matches("select, [type=checkbox], [type=radio]")) {
    form.requestSubmit();
  }
});

/* What went wrong is read first. */
document.querySelector(".error-summary")?.focus();
