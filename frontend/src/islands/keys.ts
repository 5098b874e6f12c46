/** The page's keys: every element with data-key answers to it; "?" lists them all; two Escapes leave the archive. */
import { dialogIsOpen, isField, make } from "../lib/dom";
import { DoubleEscape, keyName, Sequence, worksInFields } from "../lib/keymap";
import { t } from "../lib/messages";

export function mountKeys(): void {
  const sequence = new Sequence();
  const escapes = new DoubleEscape();
  document.addEventListener("keydown", (event) => {
    const name = keyName(event);
    if (name === undefined) return;
    // Leaving works everywhere, in fields and dialogs too, unless a widget used the Escape for itself.
    if (!event.defaultPrevented && escapes.press(name, event.timeStamp)) return leave();
    if (event.defaultPrevented || (event.repeat && name !== "j" && name !== "k")) return;
    if (isField(event.target) && !worksInFields(name)) return;
    if (dialogIsOpen() && name !== "?") return;
    const elements = keyedElements();
    const command = sequence.press(name, event.timeStamp, [...elements.keys(), "?", "j", "k"]);
    if (command === undefined) return;
    event.preventDefault();
    if (command === "pending") return;
    const element = elements.get(command);
    if (element) act(element);
    else if (command === "?") showHelp(elements);
    else moveInRows(command === "j" ? 1 : -1);
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-exit]")) {
      event.preventDefault();
      leave();
    }
  });
}

/** Hides the page at once and replaces it by an empty one, so that Back does not return to it; the login ends meanwhile. */
function leave(): void {
  document.documentElement.classList.add("is-leaving");
  document.title = "";
  const url = document.body.dataset["exitUrl"];
  if (url) void fetch(url, { keepalive: true }).catch(() => undefined);
  location.replace("about:blank");
}

/** Elements by their key; the first visible one wins. */
function keyedElements(): Map<string, HTMLElement> {
  const found = new Map<string, HTMLElement>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const key = element.dataset["key"] as string;
    // What stands in a closed menu answers to its key as if the menu were open.
    const shown = element.closest("details.menu:not([open])")?.querySelector("summary") ?? element;
    const usable = shown.checkVisibility() && !(element as HTMLButtonElement).disabled;
    if (usable && !found.has(key)) found.set(key, element);
  }
  return found;
}

function act(element: HTMLElement): void {
  if (isField(element)) {
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
  } else if (element instanceof HTMLDetailsElement) {
    element.open = true;
    element.querySelector("summary")?.focus();
  } else if (element.matches("article")) {
    element.focus(); // a text: its arrow keys select
  } else {
    element.click();
  }
}

/** Moves the focus to the link of the next or previous row; Enter then opens it, as on any link. */
function moveInRows(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-rows] .row-link")].filter((link) => link.checkVisibility());
  if (links.length === 0) return;
  const row = document.activeElement?.closest("[data-rows] tr, [data-rows] > li");
  const now = links.findIndex((link) => link === document.activeElement || row?.contains(link));
  const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(now + step, 0), links.length - 1);
  links[next]?.focus();
  links[next]?.scrollIntoView({ block: "nearest" });
}

function showHelp(elements: Map<string, HTMLElement>): void {
  const open = document.querySelector<HTMLDialogElement>("dialog.keys-help");
  if (open?.open) return open.close();
  open?.remove();
  const rows: [string, string][] = [...elements].map(([key, element]) => [key, labelOf(element)]);
  if (document.querySelector("[data-rows]")) rows.push(["j k", t("Next, previous row")], ["Enter", t("Open the row")]);
  if (document.querySelector("[data-annotator]")) {
    rows.push(
      ["← →", t("In the text: select the previous, next word")],
      ["↑ ↓", t("In the text: select the previous, next sentence")],
      ["Shift ← → ↑ ↓", t("Lengthen or shorten the selection; with Alt or Ctrl by one character")],
      ["a p f q l s r i o v", t("Selected text becomes an act, party, figure, quotation, life event, practice statement, relation, incident, episode, interview")],
      ["w d", t("Selected text becomes the place, the date of the open form")],
      ["e", t("Selected text becomes evidence for the field last in focus")],
    );
  }
  if (document.querySelector(".claim-form")) {
    rows.push(["Alt+n", t("From a field to the reason why it is empty, and back")]);
    rows.push(["Alt+m", t("From a field to the note on it, and back")]);
  }
  rows.push(["?", t("This list")], ["Esc Esc", t("Leave the archive at once")]);
  const table = make("table", {});
  for (const [keys, label] of rows) {
    const cell = make("td");
    for (const key of keys.split(" ")) cell.append(make("kbd", {}, key), " ");
    table.append(make("tr", {}, cell, make("td", {}, label)));
  }
  const close = make("button", { class: "button", autofocus: true }, t("Close"));
  const dialog = make(
    "dialog",
    { class: "keys-help", "aria-label": t("Keys") },
    make("h2", {}, t("Keys")),
    table,
    make("form", { method: "dialog", class: "buttons" }, close),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function labelOf(element: HTMLElement): string {
  return element.dataset["keyLabel"] ?? element.getAttribute("aria-label") ?? (element.textContent ?? "").trim();
}
