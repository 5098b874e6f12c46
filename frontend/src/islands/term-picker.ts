/**
 * Term picker: a combobox (ARIA 1.2, list autocomplete) over `<select data-term-picker>`. The select stays in the form and
 * is what gets posted; without this file it is an ordinary select. With data-options-url the options come from the server.
 */
import { csrfToken, make } from "../lib/dom";
import { t } from "../lib/messages";
import { findTerms, termFrom, type Found, type Term } from "../lib/terms";

const SHOWN = 80;
const SEARCH_PAUSE_MS = 150;
const optionLists = new Map<string, Promise<Answer>>();
let count = 0;

type Answer = { options: Term[]; more: number };

export function mountTermPicker(field: HTMLSelectElement | HTMLInputElement): void {
  new TermPicker(field instanceof HTMLInputElement ? selectFor(field) : field);
}

/** A text input of a code becomes a select that holds its present value. */
function selectFor(input: HTMLInputElement): HTMLSelectElement {
  const select = make("select", { name: input.name, id: input.id, multiple: input.hasAttribute("data-multiple"), required: input.required });
  const { termPicker: _mark, ...settings } = input.dataset;
  Object.assign(select.dataset, settings);
  for (const attribute of ["aria-describedby", "aria-invalid"]) {
    const value = input.getAttribute(attribute);
    if (value) select.setAttribute(attribute, value);
  }
  if (input.value) select.append(new Option(input.dataset["label"] ?? input.value, input.value, true, true));
  input.replaceWith(select);
  return select;
}

class TermPicker {
  private readonly id = `picker-${++count}`;
  private readonly multiple: boolean;
  private readonly box = make("div", { class: "picker-box" });
  private readonly list = make("ul", { class: "picker-list", role: "listbox", id: this.id, hidden: true });
  private readonly status = make("span", { class: "visually-hidden", role: "status" });
  private readonly input: HTMLInputElement;
  private terms: Term[];
  private found: Found[] = [];
  private active = -1;
  private searchTimer = 0;
  private searching: AbortController | undefined;
  private query = "";
  private readonly required: boolean;

  constructor(private readonly select: HTMLSelectElement) {
    this.multiple = select.multiple;
    // A hidden select that is required would stop the form without a word; its input asks instead.
    this.required = select.required;
    select.required = false;
    this.terms = [...select.options].filter((option) => option.value !== "").map(termOfOption);
    this.input = make("input", {
      type: "text",
      id: select.id ? `${select.id}-input` : undefined,
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.id,
      "aria-describedby": select.getAttribute("aria-describedby") ?? undefined,
      "aria-invalid": select.getAttribute("aria-invalid") ?? undefined,
      "aria-required": this.required ? "true" : undefined,
      "aria-label": select.getAttribute("aria-label") ?? undefined,
      placeholder: select.dataset["placeholder"] ?? undefined,
    });
    if (this.multiple) this.list.setAttribute("aria-multiselectable", "true");
    this.build();
    this.listen();
    this.showChosen();
  }

  private build(): void {
    const picker = make("div", { class: "picker" });
    const label = this.select.id ? document.querySelector<HTMLLabelElement>(`label[for="${CSS.escape(this.select.id)}"]`) : null;
    if (label) {
      label.htmlFor = this.input.id;
      label.id ||= `${this.id}-label`;
      this.list.setAttribute("aria-labelledby", label.id);
    }
    this.select.replaceWith(picker);
    this.select.hidden = true;
    this.box.append(this.input);
    picker.append(this.select, this.box, this.list, this.status);
  }

  private listen(): void {
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.keydown(event));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.list.hidden && this.search(""));
    this.input.addEventListener("blur", () => this.leave());
    this.box.addEventListener("click", (event) => event.target === this.box && this.input.focus());
    // The list must not take the focus from the input.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (option) this.choose(Number(option.dataset["index"]));
    });
    this.select.form?.addEventListener("reset", () => window.setTimeout(() => this.showChosen()));
  }

  private keydown(event: KeyboardEvent): void {
    // While an input method composes, its keys choose syllables, not terms.
    if (event.isComposing || event.keyCode === 229) return;
    const open = !this.list.hidden;
    const used = this.handle(event, open);
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private handle(event: KeyboardEvent, open: boolean): boolean {
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (!open) this.search("");
        else this.activate(this.active + (event.key === "ArrowDown" ? 1 : -1));
        return true;
      case "PageDown":
      case "PageUp":
        if (open) this.activate(Math.min(Math.max(this.active + (event.key === "PageDown" ? 10 : -10), 0), this.shown() - 1));
        return open;
      case "Enter":
        if (open && this.active >= 0) this.choose(this.active);
        // Words still being looked up must not send the form.
        return open || this.hasLooseWords();
      case "Tab":
        if (open && this.active >= 0 && this.typed() !== "") this.choose(this.active);
        return false;
      case "Escape":
        if (open) this.close();
        return open;
      case "Backspace": {
        const last = this.chosen().at(-1);
        if (!this.multiple || this.input.value !== "" || !last) return false;
        this.unchoose(last.value);
        return true;
      }
      default:
        return false;
    }
  }

  // Searching.

  private typed(): string {
    return this.input.value.trim();
  }

  private hasLooseWords(): boolean {
    return this.typed() !== "" && (this.multiple || this.typed() !== this.chosen()[0]?.text.trim());
  }

  private search(query = this.typed()): void {
    this.query = query;
    const url = this.select.dataset["optionsUrl"];
    if (!url) return this.open(findTerms(this.terms, query), 0);
    window.clearTimeout(this.searchTimer);
    if (this.select.dataset["search"] === "server") {
      this.searchTimer = window.setTimeout(() => void this.searchServer(url, query), SEARCH_PAUSE_MS);
    } else {
      void this.loadOnce(url).then((answer) => answer && this.open(findTerms(answer.options, this.query), 0));
    }
  }

  private async loadOnce(url: string): Promise<Answer | undefined> {
    let loading = optionLists.get(url);
    if (!loading) optionLists.set(url, (loading = ask(url)));
    try {
      return await loading;
    } catch {
      optionLists.delete(url);
      this.say(t("The list could not be loaded. Try again."));
      return undefined;
    }
  }

  private async searchServer(url: string, query: string): Promise<void> {
    this.searching?.abort();
    const searching = new AbortController();
    this.searching = searching;
    try {
      const answer = await ask(url, query, this.select.dataset["method"] === "post", searching.signal);
      this.open(answer.options.map((term) => ({ term, via: undefined })), answer.more);
    } catch {
      if (!searching.signal.aborted) this.say(t("The list could not be loaded. Try again."));
    }
  }

  // The list.

  private open(found: Found[], more: number): void {
    if (document.activeElement !== this.input) return;
    this.found = found;
    this.active = -1;
    const grouped = this.query === "" && found.some(({ term }) => term.favourite);
    this.list.replaceChildren();
    found.slice(0, SHOWN).forEach(({ term, via }, index) => {
      if (grouped && index === 0) this.note(t("Often used"));
      if (grouped && index > 0 && !term.favourite && found[index - 1]?.term.favourite) this.note(t("All"));
      this.list.append(this.option(term, via, index));
    });
    const hidden = found.length - this.shown() + more;
    if (found.length === 0) this.note(t("Nothing fits. Try another word or language."));
    else if (hidden > 0) this.note(t("{n} more: type on to narrow the list", { n: hidden }));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.status.textContent = t("{n} choices", { n: found.length + more });
    const chosen = found.findIndex(({ term }) => term.value === this.chosen()[0]?.value);
    if (this.query !== "") this.activate(0);
    else if (!this.multiple && chosen >= 0 && chosen < SHOWN) this.activate(chosen);
  }

  private option(term: Term, via: string | undefined, index: number): HTMLElement {
    const name = via && via !== term.label ? `${term.label} (${via})` : term.label;
    const chosen = this.chosen().some((option) => option.value === term.value);
    const item = make(
      "li",
      { role: "option", id: `${this.id}-${index}`, "data-index": index, "aria-selected": chosen ? "true" : "false" },
      make("span", { class: "term" }, name),
    );
    if (term.path) item.append(make("span", { class: "path" }, term.path));
    if (term.definition) item.append(make("span", { class: "definition" }, term.definition));
    return item;
  }

  private note(text: string): void {
    this.list.append(make("li", { class: "note", role: "presentation" }, text));
  }

  private say(text: string): void {
    this.list.replaceChildren();
    this.note(text);
    this.list.hidden = false;
    this.status.textContent = text;
  }

  private shown(): number {
    return Math.min(this.found.length, SHOWN);
  }

  private activate(index: number): void {
    const shown = this.shown();
    if (shown === 0) return;
    const options = this.list.querySelectorAll<HTMLElement>("[role=option]");
    options[this.active]?.classList.remove("is-active");
    this.active = (index + shown) % shown;
    const option = options[this.active] as HTMLElement;
    option.classList.add("is-active");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  private close(): void {
    window.clearTimeout(this.searchTimer);
    this.searching?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  // Choosing.

  private chosen(): HTMLOptionElement[] {
    return [...this.select.selectedOptions].filter((option) => option.value !== "");
  }

  private choose(index: number): void {
    const term = this.found[index]?.term;
    if (!term) return;
    let option = [...this.select.options].find(({ value }) => value === term.value);
    if (!option) {
      option = new Option(term.label, term.value);
      this.select.append(option);
    }
    if (this.multiple && option.selected) return this.unchoose(term.value);
    option.selected = true;
    this.input.value = "";
    this.close();
    this.changed();
  }

  private unchoose(value: string): void {
    for (const option of this.select.options) {
      if (option.value === value) option.selected = false;
    }
    this.input.value = "";
    this.close();
    this.changed();
  }

  private changed(): void {
    this.showChosen();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private showChosen(): void {
    this.input.required = this.required && this.chosen().length === 0;
    if (!this.multiple) {
      this.input.value = this.chosen()[0]?.text.trim() ?? "";
      return;
    }
    for (const chip of this.box.querySelectorAll(".chip")) chip.remove();
    for (const option of this.chosen()) {
      const name = option.text.trim();
      const remove = make("button", { type: "button", "aria-label": t("Remove {name}", { name }) }, "×");
      remove.addEventListener("click", () => {
        this.unchoose(option.value);
        this.input.focus();
      });
      this.input.before(make("span", { class: "chip" }, make("span", { class: "text" }, name), remove));
    }
  }

  /** Leaving the field: an emptied one is emptied, half-typed words go. */
  private leave(): void {
    this.close();
    if (!this.multiple && this.typed() === "" && this.chosen().length > 0) {
      this.select.selectedIndex = [...this.select.options].findIndex(({ value }) => value === "");
      this.changed();
    } else if (this.multiple) {
      this.input.value = "";
    } else {
      this.showChosen();
    }
  }
}

function termOfOption(option: HTMLOptionElement): Term {
  return termFrom({
    value: option.value,
    label: option.text.trim(),
    labels: (option.dataset["labels"] ?? "").split("|").filter(Boolean),
    path: option.dataset["path"] ?? "",
    definition: option.dataset["definition"] ?? "",
    favourite: "favourite" in option.dataset,
  });
}

/** Asks the server. A query that may hold a name goes in the body, so that no URL and no log ever shows it. */
async function ask(url: string, query?: string, post = false, signal?: AbortSignal): Promise<Answer> {
  const target = new URL(url, location.href);
  const init: RequestInit = { headers: { Accept: "application/json" } };
  if (signal) init.signal = signal;
  if (post) {
    init.method = "POST";
    init.headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    init.body = new URLSearchParams({ q: query ?? "" });
  } else if (query !== undefined) {
    target.searchParams.set("q", query);
  }
  const answer = await fetch(target, init);
  if (!answer.ok) throw new Error(String(answer.status));
  const body = (await answer.json()) as { options: Parameters<typeof termFrom>[0][]; more?: number };
  return { options: body.options.map(termFrom), more: body.more ?? 0 };
}
