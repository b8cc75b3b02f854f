/* The checklist before publishing: counts while it is filled and, where it is kept, saves each answer by itself.
   Without this file the form works by its buttons. */

import { post, RETRY } from "./autosave.js";

const SAVE_AFTER = 700; // ms after the last key; a choice is saved at once

const form = document.querySelector("[data-checklist]");
const words = form.dataset;
const progress = form.querySelector("[data-progress]");
const meter = form.querySelector("[data-meter]");
const points = [...form.querySelectorAll("[data-point]")];
const isChoice = (field) => field.type === "radio";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_found, name) => values[name]);

// --- how far it is -----------------------------------------------------------------------------

const NOT_YET = 1; // the place of “not yet” among the answers

function count() {
  const given = points.map((point) => [...point.querySelectorAll("[type=radio]")].findIndex((choice) => choice.checked));
  const answered = given.filter((place) => place >= 0).length;
  const open = given.filter((place) => place === NOT_YET).length;
  const text = fill(words.count, { answered, total: points.length, open });
  if (progress.textContent !== text) progress.textContent = text;
  meter.value = answered;
  points.forEach((point, at) => {
    point.dataset.given = given[at] < 0 ? "" : String(given[at]);
  });
}

form.addEventListener("change", count);
count();

if (words.save) keepSaving();
else warnBeforeLeaving();

// --- nothing is stored: say so before it is gone ------------------------------------------------

function warnBeforeLeaving() {
  let isChanged = false;
  form.addEventListener("input", () => {
    isChanged = true;
  });
  form.addEventListener("submit", () => {
    isChanged = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}

// --- saved as it is filled ---------------------------------------------------------------------

function keepSaving() {
  const status = form.querySelector("[data-status]");
  const signIn = form.querySelector("[data-sign-in]");
  const kept = `checklist:${location.pathname}`;
  const waiting = new Map(); // name of a field → its value, as long as the server does not have it
  let saving = false;
  let timer = 0;
  let tries = 0;
  let isGone = false;

  const say = (text, tone = "") => {
    status.textContent = text;
    status.dataset.tone = tone;
  };

  const keep = () => {
    if (waiting.size) sessionStorage.setItem(kept, JSON.stringify([...waiting]));
    else sessionStorage.removeItem(kept);
  };

  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };

  const changed = ({ target }) => {
    if (!target.name) return;
    waiting.set(target.name, target.value);
    keep();
    later(isChoice(target) || target.tagName === "SELECT" ? 0 : SAVE_AFTER);
  };

  async function save() {
    clearTimeout(timer);
    if (saving || isGone || !waiting.size) return;
    saving = true;
    const sent = new Map(waiting);
    say(words.saving);
    const data = new FormData();
    for (const [name, value] of sent) data.set(name, value);
    const { code, answer } = await post(form, words.save, data);
    saving = false;
    if (answer) saved(sent, answer);
    else unsaved(code);
  }

  function saved(sent, { at, errors }) {
    tries = 0;
    signIn.hidden = true;
    // what was typed meanwhile waits for the next turn; what was refused waits for its field to change
    for (const [name, value] of sent) if (waiting.get(name) === value) waiting.delete(name);
    keep();
    for (const name of sent.keys()) showErrors(name, errors[name] ?? []);
    const isWrong = Object.keys(errors).length > 0 || form.querySelector("[data-told]") !== null;
    say(fill(isWrong ? words.partly : words.saved, { time: at }), isWrong ? "late" : "");
    if (waiting.size) later(0);
  }

  function unsaved(code) {
    if (code === 404) {
      isGone = true;
      return say(words.gone, "late");
    }
    const isSignedOut = code === 403 || (code >= 200 && code < 400);
    signIn.hidden = !isSignedOut;
    say(isSignedOut ? words.signedOut : words.late, "late");
    later(RETRY[Math.min(tries, RETRY.length - 1)]);
    tries += 1;
  }

  function showErrors(name, texts) {
    const field = form.elements[name];
    const control = field instanceof RadioNodeList ? field[0] : field;
    const box = control.closest("[data-field], .field, .given");
    box.querySelector(":scope > .errorlist")?.remove();
    control.removeAttribute("aria-invalid");
    if (!texts.length) return;
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.dataset.told = "";
    list.id = `${control.id}_told`;
    for (const text of texts) list.append(Object.assign(document.createElement("li"), { textContent: text }));
    (isChoice(control) ? box.firstElementChild : control).before(list);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-errormessage", list.id);
  }

  function restore() {
    const copy = sessionStorage.getItem(kept);
    if (!copy) return;
    for (const [name, value] of JSON.parse(copy)) {
      const field = form.elements[name];
      if (!field) continue;
      field.value = value; // of a group of choices too
      waiting.set(name, value);
    }
    if (!waiting.size) return;
    count();
    say(words.restored);
    later(SAVE_AFTER);
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", () => {
    sessionStorage.removeItem(kept);
    waiting.clear();
  });
  // a file shows what is saved: first save what is not
  for (const link of form.querySelectorAll("[data-file]")) {
    link.addEventListener("click", async (event) => {
      if (!waiting.size) return;
      event.preventDefault();
      await save();
      if (!waiting.size) location.assign(link.href);
    });
  }
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && save());
  restore();
}
