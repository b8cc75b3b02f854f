// Beside the entry of the hotline's log: answered questions like it, the articles that are named, and the people of
// the agency. What is taken from there is typed into the fields, so the log saves it like anything else.

import { headers } from "./autosave.js";

const AFTER = 600; // ms after the last key

const root = document.querySelector("[data-log]");
const form = root.querySelector("[data-entry]");
const beside = root.querySelector("[data-beside]");
const asking = ["question", "answer", "articles_named"];

let timer = 0;
let number = 0;
let shown = "";

async function refresh() {
  const data = new FormData();
  for (const name of asking) data.set(name, form.elements[name].value);
  data.set("case", form.dataset.case ?? "");
  const key = JSON.stringify([...data]);
  if (key === shown) return;
  number += 1;
  const mine = number;
  const response = await fetch(root.dataset.besideUrl, { method: "POST", body: data, headers: headers(form) }).catch(
    () => null,
  );
  if (!response?.ok) return;
  const text = await response.text();
  // what is read just now stays as it is
  if (mine !== number || beside.contains(document.activeElement)) return;
  shown = key;
  const open = new Set([...beside.querySelectorAll("details[open] summary")].map((one) => one.textContent));
  beside.innerHTML = text;
  for (const one of beside.querySelectorAll("summary")) one.parentElement.open = open.has(one.textContent);
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, AFTER);
};

const typed = (field) => {
  field.focus();
  field.dispatchEvent(new Event("change", { bubbles: true }));
  soon();
};

function useAnswer(answer) {
  const field = form.elements.answer;
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  field.setRangeText(gap + answer, field.selectionStart, field.selectionEnd, "end");
  typed(field);
}

function addArticle(label) {
  const field = form.elements.articles_named;
  field.value = [field.value.trim(), label].filter(Boolean).join("；");
  typed(field);
}

beside.addEventListener("click", (event) => {
  if (form.elements.question.matches(":disabled")) return;
  const use = event.target.closest("[data-use-answer]");
  if (use) useAnswer(use.closest("details").querySelector("[data-answer]").innerText.trim());
  const add = event.target.closest("[data-add-article]");
  if (add) addArticle(add.dataset.addArticle);
});

async function offerCallers() {
  const agency = form.elements.agency.value.trim();
  const url = `${root.dataset.callersUrl}?agency=${encodeURIComponent(agency)}`;
  const answer = agency
    ? await fetch(url, { headers: headers(form) })
        .then((response) => response.json())
        .catch(() => null)
    : { callers: [] };
  if (!answer) return;
  const options = answer.callers.map(({ name, title }) => {
    const option = document.createElement("option");
    option.value = name;
    option.setAttribute("label", title);
    return option;
  });
  document.getElementById("callers").replaceChildren(...options);
}

form.addEventListener("input", (event) => {
  if (asking.includes(event.target.name)) soon();
});
form.addEventListener("change", (event) => {
  if (event.target === form.elements.agency) offerCallers();
});

soon();
if (form.elements.agency.value) offerCallers();
