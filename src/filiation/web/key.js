/* Makes a key pair in this browser, or reads one from a file, and hands the public half in. The
   private half is neither kept nor sent; what is signed with it is that it is had here. */
"use strict";
(() => {
  const make = document.getElementById("make-key");
  const have = document.getElementById("have-key");
  const chosen = document.getElementById("own-key");
  const asked = document.getElementById("passphrase");
  const said = document.getElementById("make-key-said");
  const KIND = "application/vnd.filiation.joining";
  const SPKI = "302a300506032b6570032100";
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw)));
  const pem = (raw, kind) => {
    const lines = text(raw).replace(/(.{64})/g, "$1\n").trim();
    return `-----BEGIN ${kind} KEY-----\n${lines}\n-----END ${kind} KEY-----\n`;
  };

  const offer = (id, name, content) => {
    const link = document.getElementById(id);
    link.href = URL.createObjectURL(new Blob([content], { type: "application/x-pem-file" }));
    link.download = name;
    link.textContent = name;
    return link;
  };

  const handIn = async (name, open, own) => {
    const secret = make.dataset.form;
    const message = `DSSEv1 ${KIND.length} ${KIND} ${secret.length} ${secret}`;
    const signature = await crypto.subtle.sign("Ed25519", own, new TextEncoder().encode(message));
    const sent = new FormData();
    sent.append("form", secret);
    sent.append("signature", text(signature));
    sent.append("public_key", new File([open], `${name}.pub`));
    const answer = await fetch(make.action, { method: "POST", body: sent, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error((await answer.json()).said);
  };

  const made = async () => {
    const name = document.getElementById("key-name").value;
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const secret = pem(await crypto.subtle.exportKey("pkcs8", pair.privateKey), "PRIVATE");
    const open = pem(await crypto.subtle.exportKey("spki", pair.publicKey), "PUBLIC");
    await handIn(name, open, pair.privateKey);
    make.hidden = have.hidden = true;
    document.getElementById("key-made").hidden = false;
    offer("key-pub", `${name}.pub`, open);
    offer("key-pem", `${name}.pem`, secret).click();
  };

  const had = async () => {
    const file = chosen.files[0];
    const own = await filiationKey.opened(file, asked, make.dataset, true);
    const x = (await crypto.subtle.exportKey("jwk", own)).x.replace(/-/g, "+").replace(/_/g, "/");
    const raw = [...SPKI.match(/../g).map((two) => parseInt(two, 16)), ...bytes(x)];
    await handIn(file.name.replace(/\.[^.]*$/, ""), pem(raw, "PUBLIC"), own);
    location.reload();
  };

  const doing = (form, work) => form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    said.textContent = "";
    try {
      await work();
    } catch (error) {
      said.textContent = error.message;
    }
    button.disabled = false;
  });

  if (!make || !crypto.subtle) return;
  crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => {
    filiationKey.asks(chosen, asked);
    make.hidden = have.hidden = false;
    document.getElementById("no-keys").hidden = true;
    doing(make, made);
    doing(have, had);
  }, () => {});
})();
