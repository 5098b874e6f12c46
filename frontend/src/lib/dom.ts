/** The few things every island needs from the page. */
import type htmxType from "htmx.org";

declare global {
  interface Window {
    htmx?: typeof htmxType;
  }
}

type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with attributes and children; text stays text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** Runs `mount` once for each element that matches, now and whenever htmx brings new ones. */
export function mountAll<E extends HTMLElement>(selector: string, mount: (element: E) => void): void {
  const mounted = new WeakSet<Element>();
  const look = (root: ParentNode) => {
    const found = [...root.querySelectorAll<E>(selector)];
    if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root as E);
    for (const element of found) {
      if (mounted.has(element)) continue;
      mounted.add(element);
      mount(element);
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => {
    const target = event.target;
    if (target instanceof HTMLElement) look(target);
  });
}

/** Whether typing goes into this element. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "file", "range"].includes(target.type);
}

/** Whether a dialog asks for attention: keys then belong to it alone. */
export function dialogIsOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

/** Django's token against forged requests, from the page's meta element or any form. */
export function csrfToken(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
  const input = document.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]');
  return meta?.content || input?.value || "";
}

/** A short message at the foot of the page; `bad` ones stay until closed. */
export function toast(text: string, tone: "good" | "bad" = "good"): HTMLElement {
  let stack = document.querySelector<HTMLElement>(".toasts");
  if (!stack) {
    stack = make("div", { class: "toasts", role: "status" });
    document.body.append(stack);
  }
  const notice = make("div", { class: `notice ${tone}`, role: tone === "bad" ? "alert" : undefined }, make("p", {}, text));
  stack.append(notice);
  if (tone === "good") window.setTimeout(() => notice.remove(), 4000);
  return notice;
}

/** The time on the clock, as the page's language writes it. */
export function clockTime(date = new Date()): string {
  return date.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
}
