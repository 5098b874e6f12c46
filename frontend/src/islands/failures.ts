/** A part of a page that could not be had, or was not saved, says so: htmx itself leaves the page as it was, in silence. */
import { toast } from "../lib/dom";
import { t } from "../lib/messages";
import { lapse, mountSession } from "../lib/session";

const NOT_LOGGED_IN = 401;

let told: HTMLElement | null = null;

export function mountFailures(): void {
  mountSession(forget);
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (xhr.status === NOT_LOGGED_IN) lapse();
    const plain = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain") === true;
    tell(plain && xhr.responseText ? xhr.responseText : t("The server answered {status}.", { status: xhr.status }));
  });
  document.addEventListener("htmx:sendError", () => {
    tell(t("The server cannot be reached. Nothing was saved; what you typed is still here. Try again when it runs."));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if ((event as CustomEvent<{ successful?: boolean }>).detail.successful) forget();
  });
}

/** One notice at a time, until something succeeds. */
function tell(text: string): void {
  forget();
  told = toast(text, "bad");
}

function forget(): void {
  told?.remove();
  told = null;
}
