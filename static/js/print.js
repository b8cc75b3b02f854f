/* A button that prints: <button type="button" data-print hidden>. It shows itself only where it works. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
