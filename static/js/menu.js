/* Disclosures of the header: Escape and a click elsewhere close them. Without this they still open and close. */

const selector = "header.site details";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of document.querySelectorAll(`${selector}[open]`)) {
    details.open = false;
    details.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const details of document.querySelectorAll(`${selector}[open]`)) {
    const own = details.matches(".menu-switch") ? details.parentElement : details;
    if (!own.contains(event.target)) details.open = false;
  }
});
