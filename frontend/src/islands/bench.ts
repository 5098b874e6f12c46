/**
 * The claim form beside the text: a selection that says where or when goes into the open form instead of a new one, and a
 * form that arrives takes the focus.
 */
import { keyName } from "../lib/keymap";
import { addEvidenceTo } from "./annotator/evidence";

type Selection = { kind: string; start: number; end: number; text: string };

export function mountBench(): void {
  document.addEventListener("tumen:new-claim", (event) => {
    if (intoOpenForm((event as CustomEvent<Selection>).detail)) event.preventDefault();
  });
  document.addEventListener("tumen:evidence", (event) => intoEmptyLine((event as CustomEvent<Selection>).detail));
  document.addEventListener("htmx:afterSettle", (event) => {
    const panel = event.target;
    if (panel instanceof HTMLElement && panel.id === "claim-panel") focusForm(panel);
  });
  for (const name of ["input", "change"]) document.addEventListener(name, dropReason);
  document.addEventListener("keydown", besideField);
  for (const name of ["pointerover", "pointerout", "focusin", "focusout"]) document.addEventListener(name, lightMarks);
}

/** On the page of a claim: a fact under the pointer or in focus lights the words it rests on. */
function lightMarks(event: Event): void {
  const holder = event.target instanceof Element ? event.target.closest<HTMLElement>(".record [data-passages]") : null;
  if (!holder) return;
  const lit = event.type === "pointerover" || event.type === "focusin";
  for (const id of (holder.dataset["passages"] ?? "").split(/\s+/).filter(Boolean)) {
    for (const mark of document.querySelectorAll(`mark[data-passage~="${CSS.escape(id)}"]`)) mark.classList.toggle("is-lit", lit);
  }
}

/** Fills the field of the open form that a place or date belongs to; false when there is no such field. */
function intoOpenForm({ kind, start, end, text }: Selection): boolean {
  const form = document.querySelector<HTMLFormElement>("#claim-panel .claim-form");
  if (!form || (kind !== "place" && kind !== "date")) return false;
  const field = fieldFor(form, kind);
  if (!field) return false;
  const words = text.replace(/\s+/g, " ").trim();
  const told = field.querySelector<HTMLInputElement>("input[name=place_told]");
  const input = told ?? field.querySelector<HTMLInputElement>("input[role=combobox], input[type=text]");
  field.closest("details")?.setAttribute("open", "");
  addEvidenceTo(told ? (form.querySelector<HTMLElement>("[data-evidence=place]") ?? field) : field, start, end, text);
  if (input) {
    input.focus();
    input.value = words;
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  }
  document.dispatchEvent(new CustomEvent("tumen:claim-closed"));
  return true;
}

/** Evidence of a line that is still empty says what stands there, too; a chain gets one more link. */
function intoEmptyLine({ text }: Selection): void {
  const field = document.querySelector<HTMLElement>(".claim-form .is-target");
  const holds = field?.dataset["holds"] ?? "";
  const isNew = field?.querySelector<HTMLSelectElement>("select:not(.gap)")?.value.startsWith("new:") ?? false;
  if (!["line", "date", "chain"].includes(holds) && !isNew) return;
  const input = field?.querySelector<HTMLInputElement>('input[type="text"]');
  if (!input) return;
  const words = text.replace(/\s+/g, " ").trim();
  if (input.value !== "" && holds !== "chain") return;
  input.value = input.value === "" ? words : `${input.value} < ${words}`;
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
}

/** The field that had the focus last when it takes this kind of value, else the form's first that does. */
function fieldFor(form: HTMLFormElement, kind: string): HTMLElement | null {
  const wanted = `[data-holds="${kind}"]`;
  const chosen = form.querySelector<HTMLElement>(`.is-target${wanted}`);
  const told = kind === "place" ? form.querySelector<HTMLElement>('[data-evidence="place_told"]') : null;
  return chosen ?? told ?? form.querySelector<HTMLElement>(wanted);
}

function focusForm(panel: HTMLElement): void {
  const form = panel.querySelector<HTMLElement>(".claim-form");
  if (!form) return;
  const first = form.querySelector<HTMLElement>(".has-error :is(input:not([type=hidden]), select:not([hidden], .gap), textarea)");
  const usual = form.querySelector<HTMLElement>(".fields input:not([type=hidden]), .fields select:not([hidden]):not(.gap)");
  (first ?? usual)?.focus({ preventScroll: true });
  if (first) {
    first.closest("details")?.setAttribute("open", "");
    first.scrollIntoView({ block: "center" });
  } else {
    panel.scrollIntoView({ block: "nearest" });
    panel.closest<HTMLElement>(".coding-side")?.scrollTo({ top: 0 });
  }
}

/** What stands beside a field, by the key that goes there from the field, and back; Tab passes both by. */
const BESIDE: Record<string, string> = { "Alt+n": "select.gap", "Alt+m": ".field-note textarea" };

function besideField(event: KeyboardEvent): void {
  const beside = BESIDE[keyName(event) ?? ""];
  const field = event.target instanceof Element ? event.target.closest(".claim-form .field") : null;
  const wanted = beside ? field?.querySelector<HTMLElement>(beside) : null;
  if (!field || !wanted) return;
  event.preventDefault();
  wanted.closest("details")?.setAttribute("open", "");
  const input = field.querySelector<HTMLElement>(":is(input:not([type=hidden]), select:not([hidden], .gap), textarea)");
  (event.target === wanted ? input : wanted)?.focus();
}

/** A field that gets a value is no longer empty for a reason. */
function dropReason(event: Event): void {
  const input = event.target instanceof HTMLElement ? event.target.closest<HTMLInputElement>(".claim-form .field :is(input, select, textarea)") : null;
  if (!input || input.value === "" || input.matches(".gap, .field-note textarea")) return;
  const reason = input.closest(".field")?.querySelector<HTMLSelectElement>("select.gap");
  if (!reason || reason.value === "") return;
  reason.value = "";
  reason.classList.remove("is-set");
}
