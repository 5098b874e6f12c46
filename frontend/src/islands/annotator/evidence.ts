/**
 * Evidence of a field: `<div class="field" data-evidence="victim">` takes passages with the key e. Each becomes a hidden
 * input `evidence` = "victim:120-164" (code points), which the plain form posts, and a chip that can be taken off.
 */
import { make, toast } from "../../lib/dom";
import { t } from "../../lib/messages";

let target: HTMLElement | undefined;

/** Remembers the field that had the focus last: selecting text takes the focus away from it. */
export function followEvidenceTarget(): void {
  document.addEventListener("focusin", (event) => {
    const field = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-evidence]") : null;
    if (!field || field === target) return;
    target?.classList.remove("is-target");
    target = field;
    target.classList.add("is-target");
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-evidence] .evidence button") : null;
    const form = button?.closest("form");
    button?.closest(".chip")?.remove();
    form?.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Adds a stretch to the field in focus; says so when there is none. Returns the field's name. */
export function addEvidence(start: number, end: number, text: string): string | undefined {
  if (!target?.isConnected) {
    toast(t("No field is chosen. Click into the field this text is evidence for, then select the text and press e."), "bad");
    return undefined;
  }
  return addEvidenceTo(target, start, end, text);
}

/** Adds a stretch to a field as a chip that the form posts. Returns the field's name. */
export function addEvidenceTo(target: HTMLElement, start: number, end: number, text: string): string {
  const field = target.dataset["evidence"] as string;
  const value = `${field}:${start}-${end}`;
  let list = target.querySelector<HTMLElement>(".evidence");
  if (!list) {
    list = make("div", { class: "evidence" });
    target.append(list);
  }
  if (!list.querySelector(`input[value="${CSS.escape(value)}"]`)) {
    list.append(
      make(
        "span",
        { class: "chip", "data-span": `${start}-${end}` },
        make("span", { class: "text" }, snippet(text)),
        make("button", { type: "button", "aria-label": t("Take off this evidence") }, "×"),
        make("input", { type: "hidden", name: "evidence", value }),
      ),
    );
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return field;
}

function snippet(text: string): string {
  const characters = [...text.replace(/\s+/g, " ").trim()];
  return characters.length > 40 ? `${characters.slice(0, 38).join("")}…` : characters.join("");
}
