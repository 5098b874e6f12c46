/** Questions before something that is hard to take back: data-confirm on a button, link or form, and htmx's hx-confirm. */
import { make } from "../lib/dom";
import { t } from "../lib/messages";

export function mountConfirmations(): void {
  document.addEventListener("click", (event) => ask(event, "a[data-confirm], button[data-confirm]"), { capture: true });
  document.addEventListener("submit", (event) => ask(event, "form[data-confirm]"), { capture: true });
  document.addEventListener("htmx:confirm", (event) => {
    const { question, issueRequest } = (event as CustomEvent<{ question?: string; issueRequest: (skip: boolean) => void }>).detail;
    if (!question) return;
    event.preventDefault();
    void confirmed(question).then((yes) => yes && issueRequest(true));
  });
}

const answered = new WeakSet<Element>();

function ask(event: Event, selector: string): void {
  const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
  if (!element || answered.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event instanceof SubmitEvent ? event.submitter : null;
  void confirmed(element.dataset["confirm"] as string, element.dataset["confirmLabel"]).then((yes) => {
    if (!yes) return;
    answered.add(element);
    if (element instanceof HTMLFormElement) element.requestSubmit(submitter);
    else element.click();
  });
}

/** Opens the question; the safe answer has the focus. */
function confirmed(question: string, label = t("Go ahead")): Promise<boolean> {
  const no = make("button", { class: "button", value: "no", autofocus: true }, t("Cancel"));
  const yes = make("button", { class: "button danger", value: "yes" }, label);
  const dialog = make("dialog", { "aria-label": question }, make("p", {}, question), make("form", { method: "dialog", class: "buttons" }, no, yes));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
