/**
 * Drafts of a form, kept on the server inside the archive and never in the browser. `<form data-draft-url>` posts its
 * fields two seconds after the last change and when the page is hidden; a failed save stays visible until one succeeds.
 */
import { clockTime, csrfToken, make } from "../lib/dom";
import { t } from "../lib/messages";
import { lapse } from "../lib/session";

const PAUSE_MS = 2000;
/** Browsers refuse larger bodies for requests that outlive their page. */
const KEEPALIVE_BYTES = 60_000;

export function mountDraft(form: HTMLFormElement): void {
  new Draft(form);
}

class Draft {
  private timer = 0;
  private unsaved = false;
  private submitted = false;
  private running: AbortController | undefined;
  private readonly state: HTMLElement;
  private readonly notice: HTMLElement;
  private readonly stop = new AbortController();

  constructor(private readonly form: HTMLFormElement) {
    this.state = form.querySelector<HTMLElement>(".draft-state") ?? make("span", { class: "draft-state" });
    if (!this.state.isConnected) (form.querySelector(".form-actions") ?? form).append(this.state);
    this.state.setAttribute("role", "status");
    const retry = make("button", { type: "button", class: "button" }, t("Try again"));
    retry.addEventListener("click", () => void this.save());
    this.notice = make("div", { class: "notice bad", role: "alert", hidden: true }, make("p"), retry);
    form.prepend(this.notice);

    const signal = this.stop.signal;
    form.addEventListener("input", () => this.changed(), { signal });
    form.addEventListener("change", () => this.changed(), { signal });
    form.addEventListener("submit", () => this.submit(), { signal });
    form.addEventListener("htmx:afterRequest", (event) => this.afterRequest(event), { signal });
    document.addEventListener("visibilitychange", () => this.hidden(), { signal });
    window.addEventListener("beforeunload", (event) => this.beforeUnload(event), { signal });
    document.addEventListener("htmx:afterSettle", () => form.isConnected || this.end(), { signal });
  }

  private changed(): void {
    this.unsaved = true;
    this.submitted = false;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), PAUSE_MS);
  }

  private hidden(): void {
    if (document.visibilityState === "hidden" && this.unsaved) void this.save();
  }

  /** A saved record makes its draft void: nothing may arrive after it and bring the draft back. */
  private submit(): void {
    this.submitted = true;
    window.clearTimeout(this.timer);
    this.running?.abort();
  }

  private afterRequest(event: Event): void {
    const { elt, successful } = (event as CustomEvent<{ elt: Element; successful?: boolean }>).detail;
    if (elt !== this.form) return;
    if (successful) this.unsaved = false;
    else this.changed();
  }

  private beforeUnload(event: BeforeUnloadEvent): void {
    if (this.unsaved && !this.submitted && this.form.isConnected && !document.documentElement.classList.contains("is-leaving")) {
      event.preventDefault();
    }
  }

  private async save(): Promise<void> {
    if (this.submitted) return;
    window.clearTimeout(this.timer);
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    this.unsaved = false;
    const body = this.fields();
    try {
      const answer = await fetch(this.form.dataset["draftUrl"] as string, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "tumen-draft" },
        keepalive: body.toString().length < KEEPALIVE_BYTES,
        signal: running.signal,
      });
      // A redirect leads to the login page: nothing was saved.
      if (answer.redirected) lapse();
      if (!answer.ok || answer.redirected) throw new Error(answer.redirected ? "" : String(answer.status));
      this.show(t("Draft saved {time}", { time: clockTime() }));
    } catch (error) {
      if (running.signal.aborted) return;
      this.unsaved = true;
      const status = error instanceof Error && /^\d+$/.test(error.message) ? ` (${error.message})` : "";
      this.fail(t("The draft could not be saved. What you typed is still here: keep this page open.") + status);
    }
  }

  private fields(): URLSearchParams {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      const input = this.form.elements.namedItem(name);
      if (typeof value !== "string" || (input instanceof HTMLInputElement && input.type === "password")) continue;
      body.append(name, value);
    }
    return body;
  }

  private show(text: string): void {
    this.state.textContent = text;
    this.state.classList.remove("is-failed");
    this.notice.hidden = true;
  }

  private fail(text: string): void {
    this.state.textContent = t("Draft not saved");
    this.state.classList.add("is-failed");
    (this.notice.firstElementChild as HTMLElement).textContent = text;
    this.notice.hidden = false;
  }

  /** The form left the page: what was typed in its last seconds is kept too. */
  private end(): void {
    window.clearTimeout(this.timer);
    this.stop.abort();
    if (!this.unsaved || this.submitted) return;
    void this.save().then(() => document.body.dispatchEvent(new CustomEvent("tumen:draft-kept", { bubbles: true })));
  }
}
