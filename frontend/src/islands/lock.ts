/**
 * A page that nobody sits at locks itself: after `body[data-lock-after]` seconds without a key, a touch or a move, the
 * server is told, and the page goes. Where something typed would be lost, a curtain falls over it instead, and what is
 * behind it comes back with the password or key. Tabs of one browser share their signs of life, their locks and unlocks.
 */
import { csrfToken, make } from "../lib/dom";
import { mountWebauthn } from "./webauthn";

/** The server hears at most once in this time that somebody is here. */
const TELL_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "scroll"];

type Said = "here" | "locked" | "unlocked";

export function mountLock(): void {
  const after = Number(document.body.dataset["lockAfter"] ?? 0) * 1000;
  if (after) new Lock(after);
}

class Lock {
  private seen = Date.now();
  private told = Date.now();
  private curtain: HTMLDialogElement | undefined;
  private title = document.title;
  private readonly others = new BroadcastChannel("tumen-lock");
  private readonly url = document.body.dataset["lockUrl"] as string;

  constructor(private readonly after: number) {
    for (const sign of SIGNS) document.addEventListener(sign, () => this.live(), { capture: true, passive: true });
    this.others.addEventListener("message", (event: MessageEvent<Said>) => this.hear(event.data));
    window.setInterval(() => this.look(), LOOK_EVERY_MS);
    // A laptop that wakes up has slept through its timers.
    for (const woken of ["visibilitychange", "focus"]) window.addEventListener(woken, () => this.look(), { capture: true });
  }

  private live(): void {
    this.look();
    if (this.curtain) return;
    this.seen = Date.now();
    if (this.seen - this.told < TELL_EVERY_MS) return;
    this.told = this.seen;
    this.others.postMessage("here");
    void this.send(document.body.dataset["hereUrl"] as string, new URLSearchParams());
  }

  private look(): void {
    if (!this.curtain && Date.now() - this.seen > this.after) void this.lock(true);
  }

  private hear(said: Said): void {
    if (said === "here") this.seen = Date.now();
    else if (said === "locked" && !this.curtain) void this.lock(false);
    else if (said === "unlocked" && this.curtain) this.open();
  }

  private async lock(isFirst: boolean): Promise<void> {
    this.curtain = make("dialog", { class: "curtain" });
    this.title = document.title;
    document.title = "Tumen";
    document.documentElement.classList.add("is-locked");
    if (isFirst) {
      await this.send(this.url, new URLSearchParams());
      this.others.postMessage("locked");
    }
    if (!isTypedIn()) return location.replace(`${this.url}?next=${encodeURIComponent(location.pathname + location.search)}`);
    document.body.append(this.curtain);
    this.curtain.addEventListener("cancel", (event) => event.preventDefault());
    this.curtain.addEventListener("submit", (event) => void this.unlock(event));
    this.curtain.showModal();
    this.show(await this.send(this.url));
  }

  private async unlock(event: SubmitEvent): Promise<void> {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-unlock]")) return;
    event.preventDefault();
    const fields = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const answer = await this.send(form.action, fields);
    if (answer?.status !== 204) return this.show(answer);
    this.others.postMessage("unlocked");
    this.open();
  }

  /** What the server asks before it goes on; where the login itself has ended, only the door is left. */
  private async show(answer: Response | undefined): Promise<void> {
    if (!this.curtain) return;
    if (answer?.status === 204) return this.open();
    if (!answer?.ok || answer.redirected) return location.replace(this.url);
    const asked = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.curtain.replaceChildren(...asked.body.childNodes);
    for (const form of this.curtain.querySelectorAll<HTMLFormElement>("form[data-webauthn]")) mountWebauthn(form);
    this.curtain.querySelector<HTMLElement>("[autofocus]")?.focus();
  }

  private open(): void {
    this.curtain?.remove();
    this.curtain = undefined;
    this.seen = this.told = Date.now();
    document.title = this.title;
    document.documentElement.classList.remove("is-locked");
  }

  /** Asks the server, with the page's token where something is sent; undefined where it does not answer. */
  private send(url: string, body?: URLSearchParams): Promise<Response | undefined> {
    const headers = { "X-CSRFToken": csrfToken(), "X-Requested-With": "tumen-lock" };
    return fetch(url, body ? { method: "POST", body, headers } : { headers }).catch(() => undefined);
  }
}

/** Whether a form of the page holds something that is not as the server sent it. */
function isTypedIn(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("main :is(input, textarea, select)");
  return [...fields].some((field) => {
    if (field instanceof HTMLSelectElement) return isChosen(field);
    if (field instanceof HTMLInputElement && field.type === "hidden") return false;
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  });
}

/** Where no option is marked, browsers choose the first of a list that takes one. */
function isChosen(field: HTMLSelectElement): boolean {
  const options = [...field.options];
  if (!field.multiple && !options.some((option) => option.defaultSelected)) return field.selectedIndex > 0;
  return options.some((option) => option.selected !== option.defaultSelected);
}
