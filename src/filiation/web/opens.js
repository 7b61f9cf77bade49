/* Opens a private key in this browser: PKCS #8 in PEM, as it is or locked with a passphrase (PBES2
   with PBKDF2 and AES-CBC, RFC 8018). What it is locked with is neither kept nor sent. */
"use strict";
const filiationKey = (() => {
  const PBES2 = "2a864886f70d01050d";
  const PBKDF2 = "2a864886f70d01050c";
  const HASHES = { "2a864886f70d0207": "SHA-1", "2a864886f70d0209": "SHA-256", "2a864886f70d020a": "SHA-384", "2a864886f70d020b": "SHA-512" };
  const AES = { "60864801650304012a": 256, "608648016503040102": 128 }; // Chromium has no AES-192
  const [INTEGER, OCTETS, NAME, SEQUENCE] = [0x02, 0x04, 0x06, 0x30];
  const MOST = 10000000; // rounds: more take minutes, and nothing stops them
  const LARGEST = 1 << 16; // bytes of a file that may be a key
  const bytes = (text) => Uint8Array.from(atob(text.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
  const hex = (raw) => Array.from(raw, (one) => one.toString(16).padStart(2, "0")).join("");
  const between = (pem, kind) => pem.match(new RegExp(`-----BEGIN ${kind}-----([\\s\\S]+?)-----END ${kind}-----`));

  /* The parts of a DER sequence: tag and content of each. */
  const parts = (raw) => {
    const found = [];
    for (let at = 0; at < raw.length;) {
      const tag = raw[at++];
      let size = raw[at++];
      if (size > 0x80) {
        let long = size - 0x80;
        for (size = 0; long > 0; long--) size = size * 256 + raw[at++];
      }
      if (!(at + size <= raw.length)) throw new Error("cut");
      found.push([tag, raw.subarray(at, at + size)]);
      at += size;
    }
    return found;
  };

  const only = (part, tag) => {
    if (!part || part[0] !== tag) throw new Error("another form");
    return part[1];
  };

  /* What a locked key says of its lock; fails on every lock but the one above. */
  const lock = (raw) => {
    const [head, locked] = parts(only(parts(raw)[0], SEQUENCE));
    const [scheme, how] = parts(only(head, SEQUENCE));
    const [derives, locks] = parts(only(how, SEQUENCE)).map((part) => parts(only(part, SEQUENCE)));
    const [salt, rounds, ...more] = parts(only(derives[1], SEQUENCE));
    const sequence = more.find((part) => part[0] === SEQUENCE);
    const hash = sequence ? HASHES[hex(only(parts(sequence[1])[0], NAME))] : "SHA-1";
    const length = AES[hex(only(locks[0], NAME))];
    const iterations = parseInt(hex(only(rounds, INTEGER)), 16);
    const known = hex(only(scheme, NAME)) === PBES2 && hex(only(derives[0], NAME)) === PBKDF2;
    if (!known || !hash || !length || !(iterations > 0 && iterations < MOST)) throw new Error("another lock");
    return { salt: only(salt, OCTETS), iv: only(locks[1], OCTETS), locked: only(locked, OCTETS), iterations, hash, length };
  };

  const unlocked = async (raw, phrase, words) => {
    let found;
    try {
      found = lock(raw);
    } catch (error) {
      throw new Error(words.passphrase);
    }
    const { salt, iv, locked, iterations, hash, length } = found;
    const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(phrase), "PBKDF2", false, ["deriveKey"]);
    const kind = { name: "AES-CBC", length };
    const key = await crypto.subtle.deriveKey({ name: "PBKDF2", salt, iterations, hash }, typed, kind, false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, locked));
  };

  /* What a file says; of one that is too large for a key, nothing. */
  const said = async (file) => (file.size > LARGEST ? "" : file.text());

  /* The key of a file; a passphrase that was typed is gone from the page, whatever comes of it. */
  const opened = async (file, asked, words, extractable) => {
    const phrase = asked.value;
    asked.value = "";
    const pem = await said(file);
    const plain = between(pem, "PRIVATE KEY");
    const locked = between(pem, "ENCRYPTED PRIVATE KEY");
    if (!plain && !locked) throw new Error(words.none);
    const usage = ["Ed25519", extractable, ["sign"]];
    if (plain) return crypto.subtle.importKey("pkcs8", bytes(plain[1]), ...usage);
    let raw = null;
    try {
      raw = await unlocked(bytes(locked[1]), phrase, words);
      return await crypto.subtle.importKey("pkcs8", raw, ...usage);
    } catch (error) {
      throw new Error(error.message === words.passphrase ? words.passphrase : words.wrong);
    } finally {
      if (raw) raw.fill(0);
    }
  };

  /* Asks for a passphrase where the file that was chosen has one, and for none elsewhere. */
  const asks = (chosen, asked) => chosen.addEventListener("change", async () => {
    const [file] = chosen.files;
    const locked = Boolean(file && between(await said(file), "ENCRYPTED PRIVATE KEY"));
    asked.value = "";
    asked.required = locked;
    asked.closest("p").hidden = !locked;
    if (locked) asked.focus();
  });

  return { opened, asks };
})();
