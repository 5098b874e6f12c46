/** The small toolbar beside a selection: one button for each thing a passage can become. */
import { make } from "../../lib/dom";
import { t } from "../../lib/messages";
import type { Kind } from "./passages";

export type Choice = Kind | "evidence";

/** Key, what it makes, and its name. */
export function choices(): { key: string; choice: Choice; label: string }[] {
  return [
    { key: "a", choice: "act", label: t("act") },
    { key: "p", choice: "party", label: t("party") },
    { key: "f", choice: "figure", label: t("figure") },
    { key: "q", choice: "quotation", label: t("quotation") },
    { key: "l", choice: "life-event", label: t("life event") },
    { key: "s", choice: "practice-statement", label: t("practice statement") },
    { key: "r", choice: "relation", label: t("relation") },
    { key: "i", choice: "incident", label: t("incident") },
    { key: "o", choice: "episode", label: t("episode") },
    { key: "v", choice: "interview", label: t("interview") },
    { key: "w", choice: "place", label: t("where") },
    { key: "d", choice: "date", label: t("date") },
    { key: "e", choice: "evidence", label: t("add as evidence") },
  ];
}

export class Bar {
  private readonly element: HTMLElement;

  constructor(onChoice: (choice: Choice) => void) {
    this.element = make("div", { class: "annotator-bar", role: "toolbar", "aria-label": t("Code the selected text"), hidden: true });
    for (const { key, choice, label } of choices()) {
      const button = make("button", { type: "button", "data-choice": choice }, make("kbd", {}, key), label);
      button.addEventListener("click", () => onChoice(choice));
      this.element.append(button);
    }
    // Pressing a button must not take the selection away.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    this.element.addEventListener("keydown", (event) => this.moveFocus(event));
    document.body.append(this.element);
  }

  /** Shows the bar under the last line of the selection, or above the first where there is no room. */
  show(range: Range): void {
    this.element.hidden = false;
    const boxes = range.getClientRects();
    const last = boxes[boxes.length - 1];
    const first = boxes[0];
    if (!last || !first) return;
    const height = this.element.offsetHeight;
    const below = last.bottom + 8 + height < window.innerHeight;
    const top = below ? last.bottom + 8 : Math.max(first.top - height - 8, 8);
    const left = Math.min(last.left, document.documentElement.clientWidth - this.element.offsetWidth - 8);
    this.element.style.top = `${top + window.scrollY}px`;
    this.element.style.left = `${Math.max(left, 8) + window.scrollX}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }

  contains(node: EventTarget | null): boolean {
    return node instanceof Node && this.element.contains(node);
  }

  focus(): void {
    this.element.querySelector("button")?.focus();
  }

  private moveFocus(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...this.element.querySelectorAll("button")];
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(now + step + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
  }
}
