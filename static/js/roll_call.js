// The roll call's conveniences: live counts, everybody else present at a touch. Without it the form works as well.

const PRESENT = new Set(["present", "late", "left_early"]);

for (const form of document.querySelectorAll("[data-roll-call]")) {
  const rows = [...form.querySelectorAll(".roll-row")];
  const chosen = (row) => row.querySelector("input[type=radio]:checked")?.value ?? "";

  const count = () => {
    const values = rows.map(chosen);
    const unmarked = values.filter((value) => value === "").length;
    const present = values.filter((value) => PRESENT.has(value)).length;
    const numbers = { present, unmarked, away: values.length - present - unmarked };
    for (const [name, number] of Object.entries(numbers)) {
      form.querySelector(`[data-count=${name}]`).textContent = number;
    }
  };

  form.querySelector("[data-fill]").addEventListener("click", (event) => {
    event.preventDefault();
    for (const row of rows.filter((row) => chosen(row) === "")) {
      row.querySelector("input[type=radio][value=present]").checked = true;
    }
    count();
  });
  form.addEventListener("change", count);
  count();
}
