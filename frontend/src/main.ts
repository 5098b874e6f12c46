/** Mounts every island. Without this file each page still works as plain HTML. */
import { csrfToken, mountAll } from "./lib/dom";
import { mountAnnotator } from "./islands/annotator/annotator";
import { mountBench } from "./islands/bench";
import { mountConfirmations } from "./islands/confirm";
import { mountDraft } from "./islands/drafts";
import { mountFailures } from "./islands/failures";
import { mountKeys } from "./islands/keys";
import { mountLock } from "./islands/lock";
import { mountNames } from "./islands/names";
import { mountColumns, mountCopyButtons, mountMenus } from "./islands/small";
import { mountTermPicker } from "./islands/term-picker";
import { mountUpload } from "./islands/upload";
import { mountWebauthn } from "./islands/webauthn";

// Set here too, beside the page's htmx-config: pages of an archive must never be kept in the browser's storage. Settling
// would copy style attributes from old elements to new ones, which the policy forbids.
if (window.htmx) {
  Object.assign(window.htmx.config, { historyCacheSize: 0, allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true, attributesToSettle: [] });
}

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRFToken"] = csrfToken();
});

mountKeys();
mountMenus();
mountCopyButtons();
mountConfirmations();
mountFailures();
mountBench();
mountLock();
mountAll("[data-annotator]", mountAnnotator);
mountAll("[data-names]", mountNames);
mountAll<HTMLSelectElement | HTMLInputElement>("[data-term-picker]", mountTermPicker);
mountAll<HTMLFormElement>("form[data-draft-url]", mountDraft);
mountAll("[data-upload-url]", mountUpload);
mountAll<HTMLFormElement>("form[data-webauthn]", mountWebauthn);
mountAll("[data-columns]", mountColumns);
document.documentElement.dataset["ready"] = "";
