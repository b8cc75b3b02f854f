// The log of the hotline: saves the entry as it is typed, says who else writes in it, and fetches what helps.
// Without this file the form works by its buttons.

import { post, RETRY, token } from "./autosave.js";

const SAVE_AFTER = 700; // ms after the last key
const HELP_AFTER = 600;
const SIGN_OF_LIFE = 20_000;

const root = document.querySelector("[data-log]");
const form = root.querySelector("[data-entry]");
const fields = form.querySelector("[data-fields]");
const status = form.querySelector("[data-status]");
const banner = root.querySelector("[data-banner]");
const words = status.dataset;
const discard = root.querySelector("[data-discard]");
const opened = Date.now();
const { saveUrl, holdUrl, releaseUrl, takeOverUrl } = form.dataset;
const urls = { save: saveUrl, hold: holdUrl, release: releaseUrl, take_over: takeOverUrl };

const TYPED = [...fields.querySelectorAll("[name]")].filter((field) => field.tagName !== "BUTTON");
let dirty = false; // something is typed that the server does not have
let saving = null; // the save on its way
let timer = 0;
let tries = 0;
let readOnly = form.hasAttribute("data-read-only");
let errors = {};
let refused = {}; // fields for which an end was refused, with what stood in them
let minutesTyped = form.elements.minutes.value !== "";
let left = false;

// --- what the server is told -------------------------------------------------------------------

const content = (action) => {
  const data = new FormData(form);
  data.set("action", action);
  // what is only proposed is kept when the entry ends
  if (!minutesTyped && action === "autosave") data.delete("minutes");
  data.set("seconds", String(Math.round((Date.now() - opened) / 1000)));
  return data;
};

// --- a copy in this tab, for as long as the server does not have it ----------------------------

const kept = () => `hotline:${location.pathname}`;

const keep = () => {
  const values = Object.fromEntries(TYPED.map((field) => [field.name, field.value]));
  sessionStorage.setItem(kept(), JSON.stringify({ values, version: form.elements.version.value, entry: form.elements.entry.value }));
};

const forget = () => sessionStorage.removeItem(kept());

function restore() {
  const copy = sessionStorage.getItem(kept());
  if (!copy || readOnly) return;
  const { values, version, entry } = JSON.parse(copy);
  for (const field of TYPED) if (field.name in values) field.value = values[field.name];
  form.elements.version.value = version;
  form.elements.entry.value = entry;
  say(words.restored);
  changed();
}

// --- what the officer is told ------------------------------------------------------------------

const say = (text, tone = "") => {
  status.textContent = text;
  status.dataset.tone = tone;
};

const valueOf = (name) => form.elements[name]?.value;
const fieldOf = (name) => fields.querySelector(`[data-field="${name}"]`);

function showErrors() {
  for (const box of fields.querySelectorAll("[data-field]")) {
    const name = box.dataset.field;
    const control = box.querySelector("[name]");
    const line = box.querySelector("[data-error]");
    const wrong = errors[name] ?? [];
    // half a word is no error; articles are told at once, while the caller is still on the line
    const early = control === document.activeElement && name !== "articles_named";
    if (wrong.length && early && line.hidden) continue;
    line.textContent = wrong.join(" ");
    line.hidden = wrong.length === 0;
    box.classList.toggle("is-wrong", wrong.length > 0);
    if (wrong.length) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

const button = (label, deed) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button-small";
  made.textContent = label;
  made.addEventListener("click", deed);
  return made;
};

function showBanner(text, ...deeds) {
  banner.querySelector("[data-banner-text]").textContent = text;
  banner.querySelector("[data-banner-deeds]").replaceChildren(...deeds);
  banner.querySelector("[data-theirs]").replaceChildren();
  banner.hidden = false;
}

const named = (text, { by, since }) => text.replace("{name}", by).replace("{since}", since);

function lock(isLocked) {
  readOnly = isLocked;
  fields.disabled = isLocked;
}

// --- saving ------------------------------------------------------------------------------------

function changed() {
  if (readOnly) return;
  dirty = true;
  keep();
  clearTimeout(timer);
  timer = setTimeout(save, SAVE_AFTER);
}

function adopt(answer) {
  form.elements.version.value = answer.version;
  if (answer.pk && form.dataset.case !== String(answer.pk)) {
    forget();
    form.dataset.case = String(answer.pk);
    Object.assign(urls, answer.urls);
    form.action = urls.save;
    if (discard) discard.action = urls.save;
    root.querySelector("[data-rare]").hidden = false;
    history.replaceState(null, "", urls.save);
    if (dirty) keep();
  }
}

async function save(action = "autosave") {
  clearTimeout(timer);
  while (saving) await saving;
  if (action === "autosave" && !dirty) return;
  saving = send(action);
  await saving;
  saving = null;
}

async function send(action) {
  const data = content(action);
  dirty = false;
  if (action !== "autosave") say(words.saving);
  const { code, answer } = await post(form, urls.save, data);
  if (!answer) return unsaved(code, action);
  tries = 0;
  if (answer.redirect) {
    left = true;
    forget();
    return location.assign(answer.redirect);
  }
  if (code === 409 || code === 410) return conflict(answer);
  if (answer.blank) return say("");
  return saved(answer, code === 422);
}

function unsaved(code, action) {
  dirty = true;
  keep();
  const isSignedOut = code === 403 || (code > 0 && code < 400);
  say(isSignedOut ? words.signedOut : words.unsaved, "late");
  timer = setTimeout(() => save(action), RETRY[Math.min(tries, RETRY.length - 1)]);
  tries += 1;
}

function saved(answer, isRefusal) {
  if (answer.version !== undefined) adopt(answer);
  if (!dirty) forget();
  if (isRefusal) refused = Object.fromEntries(Object.keys(answer.errors).map((name) => [name, valueOf(name)]));
  // what an end was refused for stays told until its field is changed
  const still = Object.keys(refused).filter((name) => valueOf(name) === refused[name] && errors[name]);
  errors = { ...Object.fromEntries(still.map((name) => [name, errors[name]])), ...answer.errors };
  showErrors();
  const wrong = Object.keys(errors);
  if (!isRefusal) {
    banner.hidden = true;
    say((wrong.length ? words.partly : words.saved).replace("{time}", answer.at), wrong.length ? "late" : "");
    return;
  }
  say(words.wrong, "late");
  document.activeElement.blur(); // so that the field where one was shows its error too
  showErrors();
  fieldOf(wrong[0])?.querySelector("[name]").focus();
  if (errors.__all__) showBanner(errors.__all__.join(" "));
}

// --- two officers ------------------------------------------------------------------------------

function conflict(answer) {
  dirty = true;
  keep();
  say(words.conflict, "late");
  if (answer.reason === "gone") {
    // somebody discarded the entry: what is typed here begins a new one
    form.elements.version.value = "";
    form.elements.entry.value = crypto.randomUUID();
    delete form.dataset.case;
    urls.save = new URL("../../log/", location.href).pathname;
    setTimeout(save);
    return;
  }
  if (answer.reason === "answered") {
    showBanner(words.answered, link(words.open, answer.urls.save), showTheirs(answer));
    lock(true);
  } else if (answer.reason === "held") {
    lost(answer);
  } else {
    showBanner(words.stale, button(words.mine, () => overwrite(answer)), showTheirs(answer));
  }
}

const link = (label, url) => button(label, () => location.assign(url));

function lost(answer) {
  lock(true);
  showBanner(named(words.taken, answer), button(words.takeOver, takeOver), showTheirs(answer));
  say(dirty ? words.conflict : "", "late");
}

async function takeOver() {
  const { answer } = await post(form, urls.take_over, new FormData());
  if (!answer?.held) return say(words.unsaved, "late");
  return overwrite(answer);
}

function overwrite(answer) {
  form.elements.version.value = answer.version;
  banner.hidden = true;
  delete banner.dataset.free;
  lock(false);
  dirty = true;
  return save();
}

const showTheirs = (answer) => {
  const made = button(words.show, () => {
    const list = document.createElement("dl");
    for (const field of TYPED) {
      const theirs = answer.theirs[field.name] ?? "";
      if (theirs === field.value) continue;
      const term = document.createElement("dt");
      term.textContent = field.labels[0].firstChild.textContent.trim();
      const text = document.createElement("dd");
      text.textContent = theirs || words.empty;
      const use = button(words.use, () => {
        field.value = theirs;
        use.disabled = true;
        if (!readOnly) dirty = true;
      });
      text.append(" ", use);
      list.append(term, text);
    }
    banner.querySelector("[data-theirs]").replaceChildren(list);
  });
  made.classList.add("button-secondary");
  return made;
};

async function signOfLife() {
  if (!urls.hold || left) return;
  const data = new FormData();
  if (readOnly) data.set("look", "1");
  const { answer } = await post(form, urls.hold, data);
  if (!answer || answer.reason) return;
  if (answer.state === "answered") {
    if (!banner.dataset.answered) showBanner(words.answered, link(words.open, answer.urls.save), showTheirs(answer));
    banner.dataset.answered = "1";
    lock(true);
  } else if (!readOnly && !answer.held) lost(answer);
  else if (readOnly && answer.held && !banner.dataset.free) {
    banner.dataset.free = "1";
    showBanner(words.free, dirty ? button(words.takeOver, takeOver) : link(words.write, urls.save), showTheirs(answer));
  }
}

// --- keys and fields ---------------------------------------------------------------------------

form.addEventListener("input", (event) => {
  if (event.target === form.elements.minutes) minutesTyped = true;
  if (!TYPED.includes(event.target)) return;
  changed();
});

form.addEventListener("change", ({ target, isTrusted }) => {
  // typed words have said so already; what a list or the pages beside it fill in has not
  if (TYPED.includes(target) && (target.tagName === "SELECT" || !isTrusted)) changed();
});

form.addEventListener("focusout", () => setTimeout(showErrors));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (readOnly) return;
  const action = event.submitter?.value;
  if (action === "answer" || action === "keep") proposeMinutes();
  save(["answer", "keep"].includes(action) ? action : "autosave");
});

form.addEventListener("keydown", (event) => {
  // Enter in a line goes on to the next field; the case is answered by Ctrl+Enter alone
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  TYPED[TYPED.indexOf(event.target) + 1]?.focus();
});

const press = (action) => form.requestSubmit(form.querySelector(`.hotline-deeds [value="${action}"]`));

const KEYS = {
  KeyN: () => leave(form.querySelector("[data-new]").href),
  KeyK: () => press("keep"),
  KeyS: () => (root.querySelector("[data-beside] summary") ?? root.querySelector("[data-beside]")).focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && event.ctrlKey && !event.altKey) {
    event.preventDefault();
    if (!readOnly && !event.repeat) press("answer");
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const field = fields.querySelector(`[data-key="${event.code.replace("Key", "")}"]`);
  const deed = field ? () => field.focus() : KEYS[event.code];
  if (!deed) return;
  event.preventDefault();
  deed();
});

const startNew = form.querySelector("[data-new]");
startNew.removeAttribute("accesskey"); // the keys above do it, in every browser alike
startNew.addEventListener("click", (event) => {
  event.preventDefault();
  leave(startNew.href);
});

async function leave(url) {
  if (dirty && !readOnly) await save();
  if (dirty && !readOnly) return; // not saved: the status says why
  forget();
  location.assign(url);
}

discard?.addEventListener("submit", () => {
  left = true;
  clearTimeout(timer);
  forget();
});

// --- the length of the call --------------------------------------------------------------------

function proposeMinutes() {
  if (minutesTyped || readOnly) return;
  const started = TYPED.some((field) => !["channel", "minutes"].includes(field.name) && field.value.trim());
  if (started) form.elements.minutes.value = String(Math.max(1, Math.ceil((Date.now() - opened) / 60_000)));
}

setInterval(proposeMinutes, 15_000);

// --- beginning and end -------------------------------------------------------------------------

setInterval(signOfLife, SIGN_OF_LIFE);
signOfLife();
restore();
addEventListener("online", () => dirty && save());
addEventListener("pagehide", () => {
  if (left || !urls.release || readOnly) return;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token(form));
  navigator.sendBeacon(urls.release, data);
});
