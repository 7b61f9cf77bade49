#!/usr/bin/env node
// A second, independent verifier of seals, after docs/protocol.md: `node verify.mjs OPENING SEAL`
// and, for blocks that a coin drew, `node verify.mjs OPENING SEAL COIN COUNT`. The messages of a blind
// comparison, in their order: `node verify.mjs --blind MESSAGE...`.
// Prints one JSON object and ends with 0; prints a sentence and ends with 3 if anything is wrong.
import { createHash, createPublicKey, verify as signed } from "node:crypto";
import { readFileSync } from "node:fs";

const BLOCK = 1 << 20;
const MAGIC = "filiation opening 1\n";

const hex = (text) => typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
class Wrong extends Error {}
const refuse = (words) => { throw new Wrong(words); };
const sha256 = (...pieces) => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
};

// Canonical JSON (RFC 8785), for objects of strings and whole numbers.
const canonical = (value) => {
  if (typeof value === "string" && /\p{Surrogate}/u.test(value)) refuse("half a character");
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
};

// What a seal binds: a root, a number of leaves (and not a text that looks like one), a label. Its height.
function checkRoot({ root, leaves, label }) {
  if (!hex(root)) refuse("the root is no SHA-256 in hex");
  if (!Number.isInteger(leaves) || leaves < 64 || leaves > 1 << 22 || leaves & (leaves - 1)) refuse("leaves: expected a power of two from 64 to 4194304");
  if (typeof label !== "string" || [...label].length > 1000) refuse("the label is no text of at most 1000 characters");
  return Math.log2(leaves);
}

// The seal: canonical JSON, or that in a DSSE envelope. A public key (PEM) in KEY must have signed it.
export function readSeal(raw, pem) {
  let found = JSON.parse(raw);
  let payload = raw;
  if ("payloadType" in found) {
    payload = Buffer.from(found.payload, "base64");
    if (pem) {
      const kind = Buffer.from(found.payloadType);
      const pae = Buffer.concat([Buffer.from(`DSSEv1 ${kind.length} `), kind, Buffer.from(` ${payload.length} `), payload]);
      const signature = Buffer.from(found.signatures[0].sig, "base64");
      if (!signed(null, pae, createPublicKey(pem), signature)) refuse("the seal is not signed with this key");
    }
    if (found.payloadType !== "application/vnd.filiation.seal+json") refuse("signed as something else than a seal");
    found = JSON.parse(payload);
  } else if (pem) {
    refuse("the seal is not signed");
  }
  const fields = Object.keys(found).sort().join(" ");
  if (fields !== "hash kind label leaves root schema_version" || found.kind !== "seal" || found.hash !== "sha256" || found.schema_version !== 1)
    refuse("not a seal of schema version 1");
  const height = checkRoot(found);
  if (canonical(found) !== payload.toString()) refuse("the seal is written in another way than it was made");
  return { ...found, height, payload: Buffer.from(payload) };
}

// The table: parts in the order of their leaves.
function readTable(entry, leaves) {
  if (entry.subarray(0, 1).toString() !== "t") refuse("leaf 0 is not the table");
  const table = JSON.parse(entry.subarray(1).toString());
  if (Object.keys(table).sort().join(" ") !== "block parts" || table.block !== BLOCK) refuse("blocks of another size");
  const seen = new Set();
  const whole = new Set();
  const cut = new Set();
  const above = new Set();
  let first = 1;
  for (const part of table.parts) {
    if (Object.keys(part).sort().join(" ") !== "dtype file nbytes shape tensor what") refuse("an entry of the table is no part");
    if (!["file", "tensor", "header"].includes(part.what)) refuse("an entry of the table is no part");
    const steps = part.file.split("/");
    if (steps.some((step) => ["", ".", ".."].includes(step)) || part.file.includes("\\")) refuse(`${part.file} is no path below a folder`);
    if (!Number.isSafeInteger(part.nbytes) || part.nbytes < 0) refuse("a size in the table is no whole number");
    if ((part.what === "tensor") !== (part.tensor !== "")) refuse("a tensor has a name, and nothing else has one");
    const key = JSON.stringify([part.what, part.file, part.tensor]);
    if (seen.has(key)) refuse(`${part.file} ${part.tensor} stands twice in the table`);
    seen.add(key);
    (part.what === "file" ? whole : cut).add(part.file);
    for (let count = 1; count < steps.length; count++) above.add(steps.slice(0, count).join("/"));
    part.first = first;
    part.blocks = Math.ceil(part.nbytes / BLOCK);
    first += part.blocks;
  }
  for (const name of [...whole, ...cut])
    if ((whole.has(name) && cut.has(name)) || above.has(name)) refuse(`${name} stands for two things in the table`);
  if (first > leaves) refuse("a table of more blocks than the seal has leaves");
  return { parts: table.parts, blocks: first - 1 };
}

// A header of safetensors that was opened whole must say the same of its tensors as the table.
function checkHead(raw, head, parts) {
  const told = parts.filter((part) => part.file === head.file && part.what === "tensor");
  const length = raw.length < 8 ? -1 : Number(raw.readBigUInt64LE());
  if (length !== raw.length - 8) refuse(`${head.file}: what the table calls a header is none`);
  const { __metadata__, ...entries } = JSON.parse(raw.subarray(8).toString());
  const said = Object.entries(entries)
    .sort(([, one], [, other]) => one.data_offsets[0] - other.data_offsets[0] || one.data_offsets[1] - other.data_offsets[1])
    .map(([name, one]) => [name, one.dtype, one.shape, one.data_offsets[1] - one.data_offsets[0]]);
  const same = JSON.stringify(said) === JSON.stringify(told.map((part) => [part.tensor, part.dtype, part.shape, part.nbytes]));
  if (!same) refuse(`the table says other names, types or shapes of the tensors of ${head.file} than its header`);
}

// Every leaf of an opening, as [index, entry], each bound by the root.
function* leavesOf(raw, seal) {
  let at = 0;
  const take = (count) => {
    if (at + count > raw.length) refuse("the opening was cut");
    at += count;
    return raw.subarray(at - count, at);
  };
  if (raw.length < MAGIC.length || take(MAGIC.length).toString() !== MAGIC) refuse("not an opening");
  if (!take(take(4).readUInt32BE()).equals(seal.payload)) refuse("an opening of another seal");
  let last = -1;
  while (at < raw.length) {
    const index = take(4).readUInt32BE();
    const salt = take(32);
    const siblings = Array.from({ length: seal.height }, () => take(32));
    const entry = take(Number(take(8).readBigUInt64BE()));
    if (index <= last || index >= seal.leaves) refuse(`leaf ${index} after leaf ${last}`);
    last = index;
    let node = sha256(Buffer.from([0]), salt, entry);
    siblings.forEach((sibling, height) => {
      node = (index >>> height) & 1 ? sha256(Buffer.from([1]), sibling, node) : sha256(Buffer.from([1]), node, sibling);
    });
    if (node.toString("hex") !== seal.root) refuse(`leaf ${index} is not what was sealed`);
    yield [index, entry];
  }
}

// Which leaves a coin draws, without replacement.
export function drawn(seal, table, coin, count) {
  const base = Buffer.concat([Buffer.from("filiation audit of a seal\n"), Buffer.from(seal.root, "hex"), Buffer.from(coin, "hex")]);
  const chosen = new Set();
  for (let counter = 0n; chosen.size < Math.min(count, table.blocks); counter++) {
    const number = Buffer.alloc(8);
    number.writeBigUInt64BE(counter);
    const digest = BigInt(`0x${sha256(base, number).toString("hex")}`);
    chosen.add(1 + Number(digest % BigInt(table.blocks)));
  }
  return [...chosen].sort((one, other) => one - other);
}

export function verifyOpening(opening, sealed, { pem, coin, count } = {}) {
  const seal = readSeal(sealed, pem);
  const leaves = leavesOf(opening, seal);
  const start = leaves.next();
  if (start.done || start.value[0] !== 0) refuse("the table is not opened");
  const table = readTable(start.value[1], seal.leaves);
  const shown = [];
  const heads = new Map();
  let nbytes = 0;
  for (const [index, entry] of leaves) {
    const number = table.parts.findIndex((one) => one.first <= index && index < one.first + one.blocks);
    if (number < 0) refuse(`leaf ${index} is padding by the table`);
    const part = table.parts[number];
    const offset = (index - part.first) * BLOCK;
    const size = Math.min(BLOCK, part.nbytes - offset);
    const fits = entry.length === 13 + size && entry[0] === 98 && entry.readUInt32BE(1) === number && entry.readBigUInt64BE(5) === BigInt(offset);
    if (!fits) refuse(`leaf ${index} is not the block that the table says`);
    if (part.what === "header") heads.set(part, [...(heads.get(part) ?? []), entry.subarray(13)]);
    shown.push(index);
    nbytes += size;
  }
  for (const [part, raw] of heads)
    if (raw.length === part.blocks) checkHead(Buffer.concat(raw), part, table.parts);
  const missing = coin ? drawn(seal, table, coin, count).filter((index) => !shown.includes(index)) : [];
  if (missing.length) refuse(`${missing.length} of the drawn blocks are not opened`);
  const there = new Set(shown);
  const whole = table.parts.filter((part) => Array.from({ length: part.blocks }, (_, at) => part.first + at).every((leaf) => there.has(leaf)));
  return { root: seal.root, blocks: shown.length, of: table.blocks, nbytes, whole: whole.map((part) => [part.what, part.file, part.tensor]) };
}

// The messages of a blind comparison.
const ROLES = ["claimant", "respondent", "tribunal"];
const SIDES = ROLES.slice(0, 2);
const BEGIN = [["terms", ["tribunal"]], ["join", ROLES], ["coin", ROLES], ["commit", SIDES]];
const EXCHANGE = [["blind", SIDES], ["raise", SIDES]];
const REVEAL = ["reveal", ROLES];
const OPEN = ["open", SIDES];
const RESULT = ["result", ["tribunal"]];
const STEPS = {
  weights: [...BEGIN, REVEAL, OPEN, RESULT],
  answers: [...BEGIN, REVEAL, RESULT],
  set: [...BEGIN, ...EXCHANGE, REVEAL, OPEN, RESULT],
};
const FIELDS = {
  terms: "anchors audit battery both columns controls deep epsilon error items keys material nonce repeat share whole",
  coin: "value", commit: "material", blind: "material", raise: "raised", reveal: "value",
  open: "opening", result: "claimant found matches report respondent", abort: "reason",
};
const bytes = (text) => Buffer.from(text, "hex");
const fieldsOf = (object) => (object === null || typeof object !== "object" || Array.isArray(object) ? null : Object.keys(object).sort().join(" "));
const PREFIX = bytes("302a300506032b6570032100"); // of an Ed25519 key in SubjectPublicKeyInfo
const LONGEST = 65536;

function checkTerms(body) {
  const within = (name, low, high) => Number.isSafeInteger(body[name]) && low <= body[name] && body[name] <= high;
  const ranges = [["audit", 1, 10000], ["columns", 1, 1024], ["anchors", 1, 8192], ["deep", 0, 9999999], ["error", 0, 100], ["whole", 0, 100]];
  if (!ranges.every(([name, low, high]) => within(name, low, high))) refuse("terms: a number beyond its bounds");
  if (!Object.hasOwn(STEPS, body.material) || !["count", "matches"].includes(body.share) || typeof body.both !== "boolean") refuse("terms about something else");
  if (!hex(body.nonce) || fieldsOf(body.keys) !== "claimant respondent tribunal") refuse("terms: keys or nonce are none");
  const keys = Object.values(body.keys);
  if (!keys.every(hex) || new Set(keys).size < 3) refuse("terms: expected three keys, no two the same");
  if (typeof body.battery !== "string" || [...body.battery].length > 100) refuse("terms: the battery has no name");
  const answers = body.material === "answers";
  const asked = answers ? body.battery !== "" && within("items", 1, 10000) && within("repeat", 1, 100) : body.battery === "" && body.items === 0 && body.repeat === 0;
  if (!asked) refuse("terms: a battery is of answers");
  if (!within("controls", 0, body.epsilon ? 1000 : 0)) refuse("terms: controls are counted beforehand with an epsilon alone");
  if (!within("epsilon", 0, 10000) || (body.epsilon && (body.material !== "set" || body.share !== "count"))) refuse("terms: an epsilon is of counts");
}

function checkBody({ body, step, from }) {
  const side = from === "tribunal" ? "audit coin noise" : "audit coin seal";
  const fields = step === "join" ? side : Object.hasOwn(FIELDS, step) ? FIELDS[step] : refuse("a step that there is not");
  if (fieldsOf(body) !== fields) refuse(`says other things than step ${step} does`);
  if (step === "terms") checkTerms(body);
  else if (step === "abort") {
    if (typeof body.reason !== "string" || [...body.reason].length > 1000) refuse("a reason of more than 1000 characters, or none");
  } else if (step === "join") {
    if (!hex(body.coin) || !hex(body.audit)) refuse("joins without both shares");
    if (from === "tribunal" && !hex(body.noise)) refuse("joins without its secret of the noise");
    if (body.seal && fieldsOf(body.seal) !== "label leaves root") refuse("joins with a seal that is none");
    if (from !== "tribunal") checkRoot(body.seal);
  } else if (step === "result") {
    const outcomes = SIDES.every((one) => ["held", "failed"].includes(body[one]));
    const lists = fieldsOf(body.matches) === "" || (fieldsOf(body.matches) === "claimant respondent" && Object.values(body.matches).every(hex));
    if (!outcomes || !lists || !hex(body.report) || !hex(body.found)) refuse("a result that is none");
  } else if (!hex(body[fields])) refuse(`step ${step} names no digest`);
}

function readMessage(raw) {
  if (raw.length > LONGEST) refuse("longer than a message is");
  const envelope = JSON.parse(raw.toString());
  if (canonical(envelope) !== raw.toString()) refuse("the envelope is written in another way");
  const one = Array.isArray(envelope.signatures) && envelope.signatures.length === 1 && fieldsOf(envelope.signatures[0]) === "keyid sig";
  if (fieldsOf(envelope) !== "payload payloadType signatures" || !one) refuse("not an envelope with one signature");
  if (envelope.payloadType !== "application/vnd.filiation.blind+json") refuse("signed as something else");
  const payload = Buffer.from(envelope.payload, "base64");
  for (const text of [envelope.payload, envelope.signatures[0].sig])
    if (Buffer.from(text, "base64").toString("base64") !== text) refuse("base64 that is written in another way");
  const message = JSON.parse(payload.toString());
  if (fieldsOf(message) !== "answers body from number protocol session step") refuse("not a message");
  if (message.protocol !== 2) refuse("of another version of the protocol");
  if (canonical(message) !== payload.toString()) refuse("the message is written in another way");
  const answers = Array.isArray(message.answers) && message.answers.length <= 3 && message.answers.every(hex);
  if (!answers || !ROLES.includes(message.from) || !Number.isSafeInteger(message.number)) refuse("from nobody, or without a number");
  if (message.session !== "" && !hex(message.session)) refuse("of no session");
  checkBody(message);
  return { ...message, envelope, payload, digest: sha256(payload).toString("hex") };
}

function checkSigner(message, keys) {
  const raw = bytes(keys[message.from]);
  const key = createPublicKey({ key: Buffer.concat([PREFIX, raw]), format: "der", type: "spki" });
  const [{ keyid, sig }] = message.envelope.signatures;
  const kind = message.envelope.payloadType;
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${kind.length} ${kind} ${message.payload.length} `), message.payload]);
  const good = keyid === sha256(raw).toString("hex") && signed(null, pae, key, Buffer.from(sig, "base64"));
  if (!good) refuse(`not signed with the key of the ${message.from}`);
}

export function verifySession(raws) {
  const [first, ...rest] = raws.map(readMessage);
  if (first.step !== "terms" || first.from !== "tribunal" || first.session !== "" || first.number !== 1 || first.answers.length) refuse("not terms");
  const { keys, material } = first.body;
  checkSigner(first, keys);
  const session = first.digest;
  const steps = STEPS[material];
  const taken = new Map([["1 tribunal", first]]);
  const at = (number, role) => taken.get(`${number} ${role}`);
  const said = (step, role) => [...taken.values()].find((one) => one.step === step && one.from === role)?.body;
  const complete = (number) => steps[number - 1][1].every((role) => at(number, role));
  let ended = "";
  for (const message of rest) {
    const number = steps.findIndex((_, place) => !complete(place + 1)) + 1;
    if (message.session !== session) refuse("of another session");
    checkSigner(message, keys);
    if (at(message.number, message.from)) refuse(at(message.number, message.from).digest === message.digest ? "a replay" : "two different messages");
    if (ended || !number) refuse("comes after the end of the session");
    if (message.step === "abort") {
      const spoken = Math.max(1, ...[...taken.values()].filter((one) => one.from === message.from).map((one) => one.number));
      if (message.number <= spoken || message.number > number + 1) refuse("aborts out of order");
      const known = new Set([...taken.values()].map((one) => one.digest));
      if (!message.answers.every((one) => known.has(one))) refuse("answers messages that were not taken");
      ended = message.from;
      taken.set(`${message.number} ${message.from}`, message);
      continue;
    }
    const [step, speakers] = steps[message.number - 1] ?? [];
    if (step !== message.step || !speakers.includes(message.from)) refuse("a step that no such session has");
    if (message.number !== number) refuse("out of order");
    const answers = steps[number - 2][1].map((role) => at(number - 1, role).digest);
    if (JSON.stringify(answers) !== JSON.stringify(message.answers)) refuse("answers other messages");
    const purpose = { coin: "coin", reveal: "audit" }[step];
    if (purpose) {
      const named = Buffer.from(`${message.from}\n${purpose}\n`);
      const share = sha256("filiation blind toss\n", bytes(session), named, bytes(message.body.value)).toString("hex");
      if (said("join", message.from)[purpose] !== share) refuse("another share of the coin");
    }
    if (step === "blind" && message.body.material !== said("commit", message.from).material) refuse("another list");
    taken.set(`${number} ${message.from}`, message);
  }
  const coin = (step, label) => {
    const values = ROLES.map((role) => said(step, role)?.value);
    return values.every(hex) ? sha256(`filiation blind ${label}\n`, bytes(session), ...values.map(bytes)) : null;
  };
  const seed = coin("coin", "seed");
  return {
    session,
    messages: taken.size,
    aborted: ended,
    seed: seed ? String(seed.readBigUInt64BE() % 10n ** 16n) : "",
    audit: coin("reveal", "audit")?.toString("hex") ?? "",
  };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [opening, sealed, coin, count] = process.argv.slice(2);
  try {
    if (opening === "--blind") {
      console.log(JSON.stringify(verifySession(process.argv.slice(3).map((path) => readFileSync(path)))));
      process.exit(0);
    }
    const pem = process.env.KEY ? readFileSync(process.env.KEY) : undefined;
    const found = verifyOpening(readFileSync(opening), readFileSync(sealed), { pem, coin, count: Number(count ?? 100) });
    console.log(JSON.stringify(found));
  } catch (error) {
    console.error(`refused: ${error.message}`);
    process.exit(3);
  }
}
