// Rows of a formset: a button adds one more. Without a script the empty rows that stand there do.

for (const area of document.querySelectorAll("[data-rows]")) {
  const total = area.querySelector(`[name="${area.dataset.rows}-TOTAL_FORMS"]`);
  const most = Number(area.querySelector(`[name="${area.dataset.rows}-MAX_NUM_FORMS"]`).value);
  const body = area.querySelector("[data-rows-body]");
  const empty = area.querySelector("[data-rows-empty]");
  const button = area.querySelector("[data-rows-add]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const number = Number(total.value);
    const row = empty.content.firstElementChild.cloneNode(true);
    for (const element of row.querySelectorAll("[id], [name], [for]")) {
      for (const attribute of ["id", "name", "for"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace("__prefix__", number));
      }
    }
    body.append(row);
    total.value = number + 1;
    button.disabled = number + 1 >= most;
    row.querySelector("input, textarea").focus();
  });
}
