/* Makes a key pair in this browser. The private half becomes a file and is neither kept nor sent;
   the public half is handed in. */
"use strict";
(() => {
  const form = document.getElementById("make-key");
  const said = document.getElementById("make-key-said");
  const pem = (raw, kind) => {
    const text = btoa(String.fromCharCode(...new Uint8Array(raw))).replace(/(.{64})/g, "$1\n").trim();
    return `-----BEGIN ${kind} KEY-----\n${text}\n-----END ${kind} KEY-----\n`;
  };

  const offer = (id, name, text) => {
    const link = document.getElementById(id);
    link.href = URL.createObjectURL(new Blob([text], { type: "application/x-pem-file" }));
    link.download = name;
    link.textContent = name;
    return link;
  };

  const make = async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    said.textContent = "";
    try {
      const name = document.getElementById("key-name").value;
      const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
      const secret = pem(await crypto.subtle.exportKey("pkcs8", pair.privateKey), "PRIVATE");
      const open = pem(await crypto.subtle.exportKey("spki", pair.publicKey), "PUBLIC");
      const sent = new FormData();
      sent.append("form", form.dataset.form);
      sent.append("public_key", new File([open], `${name}.pub`));
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error((await answer.json()).said);
      form.hidden = true;
      document.getElementById("key-made").hidden = false;
      offer("key-pub", `${name}.pub`, open);
      offer("key-pem", `${name}.pem`, secret).click();
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
  };

  if (!form || !crypto.subtle) return;
  crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => {
    form.hidden = false;
    document.getElementById("no-keys").hidden = true;
    form.addEventListener("submit", make);
  }, () => {});
})();
