// Passkeys: the only part of these pages that needs JavaScript. A button with data-passkey begins.
"use strict";

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "same-origin",
  });
  const read = await answer.json();
  if (!answer.ok) {
    throw new Error(read.detail);
  }
  return read;
}

async function use(button) {
  const { passkey, options, action, formCode } = button.dataset;
  const begun = await post(options, { form_code: formCode });
  const credential =
    passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(begun) });
  const done = await post(action, { form_code: formCode, credential: credential.toJSON(), name: button.dataset.name ?? "" });
  location.assign(done.continue_at);
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  button.hidden = !globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON;
  button.addEventListener("click", async () => {
    const status = document.querySelector("[data-passkey-status]");
    status.textContent = "";
    try {
      await use(button);
    } catch (error) {
      status.textContent = error.name === "NotAllowedError" ? "No passkey was used." : error.message;
    }
  });
}
