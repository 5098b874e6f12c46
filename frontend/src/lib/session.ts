/**
 * A page that outlives its login: what is typed in it stays, and once its user has logged in again in another tab the
 * page takes over the new token, so that Save works.
 */
import { make } from "./dom";

let lapsed = false;

/** Note that the server does not know this page's user any more. */
export function lapse(): void {
  lapsed = true;
}

/** Call `done` when a lapsed page is usable again. */
export function mountSession(done: () => void): void {
  const back = (): void => void renew().then((renewed) => renewed && done());
  window.addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
}

async function renew(): Promise<boolean> {
  if (!lapsed || document.visibilityState === "hidden") return false;
  const answer = await fetch("/").catch(() => undefined);
  if (!answer?.ok || answer.redirected) return false; // a redirect leads to the login page
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (!token) return false;
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]') ?? make("meta", { name: "csrf-token" });
  meta.content = token;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')) input.value = token;
  lapsed = false;
  return true;
}
