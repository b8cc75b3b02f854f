// A button that ticks every box of its form. Without a script it stays hidden and the boxes are ticked one by one.

for (const form of document.querySelectorAll("[data-tick-all]")) {
  const button = form.querySelector("button[hidden]");
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = true;
  });
}
