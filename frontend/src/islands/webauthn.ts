/**
 * Security keys and passkeys. `<form data-webauthn="get">` or `"create"` holds what the server asks as JSON, a hidden field
 * `credential` and a `[data-use-key]` button; the answer of the key goes into the field and the form is sent.
 */
import { make } from "../lib/dom";
import { t } from "../lib/messages";

type Asked = {
  publicKey: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON;
};

export function mountWebauthn(form: HTMLFormElement): void {
  const trouble = make("div", { class: "notice bad", role: "alert", hidden: true });
  form.prepend(trouble);
  form.querySelector("[data-use-key]")?.addEventListener("click", () => {
    trouble.hidden = true;
    void answer(form).then(
      (credential) => {
        (form.elements.namedItem("credential") as HTMLInputElement).value = JSON.stringify(credential);
        form.requestSubmit();
      },
      () => {
        trouble.textContent = t("The key did not answer, or this browser or address cannot use keys.");
        trouble.hidden = false;
      },
    );
  });
}

async function answer(form: HTMLFormElement): Promise<unknown> {
  const asked = JSON.parse(form.querySelector('script[type="application/json"]')?.textContent ?? "") as Asked;
  const credential =
    form.dataset["webauthn"] === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey) });
  return (credential as PublicKeyCredential).toJSON();
}
