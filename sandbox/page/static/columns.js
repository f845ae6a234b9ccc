// What each table shows of a row: [title, cell of a row, class].

import { make, soft } from "./elements.js";

export const number = (value) => value.toLocaleString("en");

// Zeros are many, and say little.
const count = (value) => (value ? number(value) : soft("0"));

function allowed(value) {
  if (value === true) return make("span", { class: "good" }, "✓ on");
  if (value === false) return make("span", { class: "bad" }, "✕ off");
  return soft("not set");
}

function standing(link) {
  if (link.closed === null) return make("span", { class: "good" }, "✓ open");
  const wanting = link.synchronization === true
    ? `${link.source} does not consent`
    : `${link.target} does not allow it`;
  return make("div", { class: "warn", title: link.closed }, "✕ closed: ", wanting);
}

function job(one) {
  if (one.state !== "Active") return soft("job disabled");
  const bad = one.status === "Quarantine";
  return make("span", { class: bad ? "bad" : "good" }, bad ? "✕ job in quarantine" : `✓ job ${one.status}`);
}

function apps(link) {
  if (!link.apps.length) return soft("none");
  const lines = link.apps.map((app) => make("div", {},
    app.name, " ", soft(`${number(app.assigned)} assigned`), " ",
    ...(app.jobs.length ? app.jobs.map(job) : [soft("no job of Entra's")])));
  return make("div", {}, ...lines);
}

function origin(one) {
  const where = one.origin.tenant ?? "elsewhere";
  if (one.origin.kind === "here") return soft("here");
  return one.origin.kind === "synchronized"
    ? make("span", { class: "good" }, `⇄ ${where}, synchronized`)
    : make("span", {}, `✉ ${where}, invited`);
}

function status(one) {
  const kind = one.lost || one.status >= 400 ? (one.status === 429 ? "warn" : "bad") : "good";
  return make("span", { class: kind }, one.lost ? "lost" : one.status);
}

function call(one) {
  const inside = Object.entries(one.inside).map(([code, times]) => `${times} × ${code}`).join(", ");
  const line = make("code", { title: one.address }, make("b", {}, one.method), ` ${one.address}`);
  return inside ? make("div", {}, line, " ", soft(`inside: ${inside}`)) : line;
}

function partner(one) {
  const name = one.name ?? `${one.id.slice(0, 8)}…`;
  const trusts = one.trusts.length ? ` (trusts ${one.trusts.join(", ")})` : "";
  return make("div", { title: one.id }, name, soft(`${one.name ? "" : ", not here"}${trusts}`));
}

const said = (fault) => Object.entries(fault)
  .filter(([name, value]) => !["kind", "number"].includes(name) && !(name === "share" && value === 1))
  .map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`)
  .join(", ");

export const TENANTS = [
  ["tenant", (one) => make("div", { title: one.id }, one.alias, 
    ...one.domains.map((domain) => make("div", { class: "soft" }, domain)))],
  ["people", (one) => number(one.users), "number"],
  ["from here", (one) => count(one.here), "number"],
  ["invited", (one) => count(one.invited), "number"],
  ["synchronized", (one) => count(one.synchronized), "number"],
  ["deleted", (one) => count(one.deleted), "number"],
  ["groups", (one) => count(one.groups), "number"],
];

export const POLICIES = [
  ["tenant", (one) => one.tenant, "word"],
  ["default", (one) => one.default, "word"],
  ["may invite", (one) => one.invite, "word"],
  ["partners", (one) => (one.partners.length ? make("div", {}, ...one.partners.map(partner)) : soft("none"))],
];

export const LINKS = [
  ["link", (one) => `${one.source} → ${one.target}`, "word"],
  ["stands", standing],
  ["inbound sync", (one) => allowed(one.synchronization), "word"],
  ["consent out", (one) => allowed(one.outbound), "word"],
  ["consent in", (one) => allowed(one.inbound), "word"],
  ["people", (one) => count(one.people), "number"],
  ["sync app", apps],
];

export const PEOPLE = [
  ["name", (one) => make("span", { title: one.id }, one.displayName ?? ""), "cut"],
  ["user principal name", (one) => 
    make("span", { title: `${one.userPrincipalName}, mail: ${one.mail ?? "none"}` }, one.userPrincipalName), "cut"],
  ["title", (one) => make("span", { title: one.jobTitle }, one.jobTitle ?? ""), "cut"],
  ["is", (one) => (one.enabled ? one.userType ?? "" : make("span", { class: "warn" }, `${one.userType ?? ""} (blocked)`)), "word"],
  ["came from", origin, "word"],
];

export const REQUESTS = [
  ["at", (one) => soft(one.at), "word"],
  ["status", status, "word"],
  ["call", call, "line"],
  ["tenant", (one) => one.tenant || soft("nobody"), "word"],
  ["application", (one) => soft(one.application), "word"],
  ["ms", (one) => one.ms.toFixed(1), "number"],
  ["units", (one) => one.units, "number"],
];

export const BUCKETS = [
  ["quota", (one) => one.name, "word"],
  ["of", (one) => make("span", { class: "soft", title: one.of.join(", ") }, one.of.join(", ")), "cut"],
  ["used", (one) => make("meter", { min: 0, max: 1, high: 0.8, value: Math.max(one.used, 0), "aria-label": `${one.name}, used` }), "word"],
  ["", (one) => `${Math.round(Math.max(one.used, 0) * 100)} %`, "number"],
];

export const FAULTS = [
  ["armed", (one) => make("div", {}, one.kind, make("div", { class: "soft" }, said(one)))],
  ["", (one) => make("button", { type: "button", "data-clear": one.number, "aria-label": `clear ${one.kind}` }, "clear"), "number"],
];

export const MAILS = [
  ["tenant", (one) => one.tenant, "word"],
  ["kind", (one) => one.kind],
  ["mails", (one) => number(one.number), "number"],
];
