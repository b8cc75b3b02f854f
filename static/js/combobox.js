// A text field with a list to find things in: <input list="…" data-combobox>. The browser's own list finds neither
// 台 for 臺 nor the middle of a label, and differs from browser to browser; without this file it stands in.

const SHOWN = 8;

const normalised = (text) =>
  text.normalize("NFKC").toLowerCase().replaceAll("台", "臺").replace(/\s+/g, "");

class Combobox {
  constructor(input) {
    this.input = input;
    this.source = input.ownerDocument.getElementById(input.getAttribute("list"));
    input.removeAttribute("list");
    this.isFree = input.dataset.combobox === "free"; // other words are welcome too: nothing is taken unasked
    this.active = -1;
    this.found = [];
    this.box = document.createElement("ul");
    this.box.id = `${input.id}_list`;
    this.box.className = "combobox-list";
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
    this.box.hidden = true;
    input.after(this.box);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.box.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", () => this.show());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // the field keeps the focus while the mouse chooses
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take([...this.box.children].indexOf(option));
    });
  }

  find() {
    const wanted = normalised(this.input.value);
    const scored = [];
    for (const option of this.source.options) {
      const value = normalised(option.value);
      const whole = value + normalised(option.getAttribute("label") ?? "");
      const place = whole.indexOf(wanted);
      if (place >= 0) scored.push([place === 0 ? 0 : place < value.length ? 1 : 2, scored.length, option]);
    }
    scored.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return scored.map((row) => row[2]);
  }

  show() {
    const all = this.find();
    this.found = all.slice(0, SHOWN);
    const exact = all.length === 1 && normalised(all[0].value) === normalised(this.input.value);
    if (this.found.length === 0 || exact) return this.close();
    this.box.replaceChildren(
      ...this.found.map((option, number) => {
        const item = document.createElement("li");
        item.id = `${this.box.id}_${number}`;
        item.setAttribute("role", "option");
        item.textContent = option.value;
        const label = option.getAttribute("label");
        if (label) {
          const note = document.createElement("small");
          note.textContent = ` ${label}`;
          item.append(note);
        }
        return item;
      }),
    );
    this.box.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(this.input.value && !this.isFree ? 0 : -1);
    return undefined;
  }

  mark(number) {
    this.active = number;
    [...this.box.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === number)));
    const item = this.box.children[number];
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.box.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  take(number) {
    const option = this.found[number];
    this.close();
    if (!option) return;
    this.input.value = option.dataset.now || option.value;
    // not "input": that would open the list again
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const open = !this.box.hidden;
    const last = this.found.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return this.show();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = this.active + step;
      this.mark(next > last ? 0 : next < 0 ? last : next);
    } else if (open && event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      event.stopPropagation();
      this.take(this.active);
    } else if (open && event.key === "Tab") {
      this.take(this.active);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

for (const input of document.querySelectorAll("input[data-combobox]")) new Combobox(input);
