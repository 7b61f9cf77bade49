/* Signs what a page shows with a key from a file, in this browser. The key is neither kept nor sent.

   What is signed are the bytes of the page, no others. After an event its head of the log is signed
   as well, without asking again; anything else is shown first. */
"use strict";
(() => {
  const form = document.getElementById("by-browser");
  const chosen = document.getElementById("key");
  const asked = document.getElementById("passphrase");
  const said = document.getElementById("by-browser-said");
  const HEAD = /^DSSEv1 \d+ application\/vnd\.filiation\.head\+json /;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw)));

  const send = async (message, signature) => {
    const sent = new FormData();
    sent.append("form", form.dataset.form);
    sent.append("message", message);
    sent.append("signature", signature);
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "application/json" } });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.said);
    return found;
  };

  const sign = async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    said.textContent = "";
    try {
      const own = await filiationKey.opened(chosen.files[0], asked, form.dataset, false);
      let message = form.dataset.message;
      do {
        const signature = text(await crypto.subtle.sign("Ed25519", own, bytes(message)));
        message = (await send(message, signature)).message;
      } while (message && HEAD.test(atob(message).slice(0, 80)));
      location.reload();
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
  };

  if (!form || !crypto.subtle) return;
  filiationKey.asks(chosen, asked);
  form.hidden = false;
  document.getElementById("no-browser").hidden = true;
  form.addEventListener("submit", sign);
})();
