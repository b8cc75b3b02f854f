// A member's opinion: saved as it is typed, with a copy on this device for as long as the server does not have it.
// Newer words from another device are shown beside these; nothing is overwritten unseen. Without this file the
// form works by its buttons.

import { post, RETRY } from "./autosave.js";

const SAVE_AFTER = 900; // ms after the last key

const form = document.querySelector("[data-opinion]");
const { text, version, screen } = form.elements;
const status = form.querySelector("[data-status]");
const box = form.querySelector("[data-conflict-box]");
const words = form.dataset;
const key = `opinion:${words.key}`;

let dirty = false; // something is typed that the server does not have
let saving = null; // the save on its way
let timer = 0;
let tries = 0;
let leaving = false;

// --- a copy on this device: a telephone forgets a tab sooner than its writer does ---------------

const keep = () => {
  try {
    localStorage.setItem(key, JSON.stringify({ text: text.value, version: version.value, screen: screen.value }));
  } catch {
    // private windows may keep nothing: then the page alone has it
  }
};

const forget = () => {
  try {
    localStorage.removeItem(key);
  } catch {
    // as above
  }
};

function restore() {
  let copy = null;
  try {
    copy = JSON.parse(localStorage.getItem(key));
  } catch {
    return;
  }
  if (!copy || copy.text === text.value) return forget();
  text.value = copy.text;
  version.value = copy.version; // what it was begun from: where the server is further, both are shown
  screen.value = copy.screen;
  say(words.restored);
  dirty = true;
  timer = setTimeout(save, SAVE_AFTER);
}

// --- what the writer is told --------------------------------------------------------------------

const say = (message, tone = "") => {
  status.textContent = message;
  status.dataset.tone = tone;
};

const button = (label, deed) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button plain small";
  made.textContent = label;
  made.addEventListener("click", deed);
  return made;
};

function showConflict(answer) {
  const head = document.createElement("p");
  head.textContent = words.conflict.replace("{time}", answer.at);
  const theirs = document.createElement("blockquote");
  theirs.textContent = answer.theirs;
  const deeds = document.createElement("div");
  deeds.className = "actions";
  const settle = (value) => () => {
    text.value = value();
    version.value = answer.version;
    box.hidden = true;
    dirty = true;
    text.focus();
    save();
  };
  deeds.append(
    button(words.both, settle(() => `${answer.theirs}\n\n${text.value}`.slice(0, text.maxLength))),
    button(words.mine, settle(() => text.value)),
    button(words.other, settle(() => answer.theirs)),
  );
  box.replaceChildren(head, theirs, deeds);
  box.hidden = false;
  say(answer.message, "late");
}

// --- saving -------------------------------------------------------------------------------------

async function save() {
  clearTimeout(timer);
  while (saving) await saving;
  if (!dirty || !box.hidden) return;
  saving = send();
  await saving;
  saving = null;
}

async function send() {
  dirty = false;
  say(words.saving);
  const { code, answer } = await post(form, form.action, new FormData(form));
  if (code === 200 && answer) {
    tries = 0;
    version.value = answer.version;
    if (!dirty) forget();
    return say(answer.blank ? words.blank : words.saved.replace("{time}", answer.at));
  }
  dirty = true;
  keep();
  if (code === 409) return showConflict(answer);
  if (code === 422) return say(answer.message, "late"); // sent again with the next key
  say(code === 0 || code >= 500 ? words.unsaved : words.signedOut, "late");
  timer = setTimeout(save, RETRY[Math.min(tries, RETRY.length - 1)]);
  tries += 1;
}

text.addEventListener("input", () => {
  dirty = true;
  keep();
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER);
});

form.addEventListener("submit", () => {
  // the button sends what stands here; what it could not save comes back with the page
  leaving = true;
  clearTimeout(timer);
  if (dirty) keep();
});

addEventListener("online", save);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !leaving) save();
});
addEventListener("beforeunload", (event) => {
  if (dirty && !leaving) event.preventDefault();
});

restore();
