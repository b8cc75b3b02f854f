// Diagnosing a case: a chosen cause fills in its stage and measures, a chosen pattern shows similar cases.
// Without a script a button does the same.

const form = document.querySelector("[data-diagnosing]");

if (form) {
  const proposals = JSON.parse(document.getElementById("diagnosing-proposals").textContent);
  const { cause, stage, pattern, proposed } = form.elements;
  const said = form.querySelector("[data-said]");
  form.querySelector("[data-propose]").hidden = true;

  cause.addEventListener("change", () => {
    const proposal = proposals[cause.value];
    said.textContent = "";
    if (!proposal) return;
    const before = new Set(proposed.value.split(","));
    stage.value = proposal.stage;
    for (const box of form.querySelectorAll('[name="measures"]')) {
      if (proposal.measures.includes(box.value)) box.checked = true;
      else if (before.has(box.value)) box.checked = false;
    }
    proposed.value = proposal.measures.join(",");
    said.textContent = said.dataset.words;
  });

  pattern.addEventListener("change", async () => {
    const answer = await fetch(`${form.dataset.similar}?pattern=${encodeURIComponent(pattern.value)}`);
    if (answer.ok) document.querySelector("[data-similar-part]").innerHTML = await answer.text();
  });
}
