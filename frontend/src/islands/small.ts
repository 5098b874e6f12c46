/** Small helps: menus that close themselves, copying a link, choosing columns. */
import { make, toast } from "../lib/dom";
import { t } from "../lib/messages";

/** `<details class="menu">` closes on a click elsewhere, on Escape, and when another one opens. */
export function mountMenus(): void {
  const closeOthers = (keep: Node | null) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (!keep || !menu.contains(keep)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeOthers(event.target as Node));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    const menu = document.activeElement?.closest<HTMLDetailsElement>("details.menu[open]");
    menu?.querySelector("summary")?.focus();
    closeOthers(null);
  });
}

/** `<button data-copy>` copies the page's address, `data-copy="text"` that text. */
export function mountCopyButtons(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
    if (!button) return;
    const given = button.dataset["copy"] || location.pathname + location.search;
    const text = given.startsWith("/") ? location.origin + given : given;
    void copy(text).then((done) => (done ? toast(t("Copied")) : toast(t("Copying is not allowed here. The text: {text}", { text }), "bad")));
  });
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // On an office server without TLS the clipboard interface is absent; the old command still works there.
    const area = make("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Column chooser: `<fieldset data-columns>` of labelled checkboxes gets buttons and Alt+↑/↓ to change the order. */
export function mountColumns(list: HTMLElement): void {
  for (const label of list.querySelectorAll("label")) {
    const up = make("button", { type: "button", class: "plain column-up", "aria-label": t("Move {column} up", { column: (label.textContent ?? "").trim() }) }, "↑");
    up.addEventListener("click", (event) => {
      event.preventDefault();
      move(label, -1);
      up.focus();
    });
    label.append(up);
  }
  list.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const label = event.target instanceof Element ? event.target.closest("label") : null;
    if (!label) return;
    event.preventDefault();
    move(label, event.key === "ArrowUp" ? -1 : 1);
    label.querySelector("input")?.focus();
  });
}

function move(label: Element, step: 1 | -1): void {
  const neighbour = step < 0 ? label.previousElementSibling : label.nextElementSibling;
  if (!neighbour?.matches("label")) return;
  if (step < 0) neighbour.before(label);
  else neighbour.after(label);
}
