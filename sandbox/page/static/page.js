// The page asks for an overview every second while somebody looks at it, and writes anew only the
// parts that changed. What it does it does through the sandbox's control API.

import { at, make, table, write } from "./elements.js";
import { BUCKETS, FAULTS, LINKS, MAILS, PEOPLE, POLICIES, REQUESTS, TENANTS, number } from "./columns.js";

const EVERY = 1000;
const command = (text) => make("code", {}, text);

async function ask(path, options) {
  const answer = await fetch(path, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? answer.statusText);
  return told;
}

const tell = (path, body, method = "POST") => ask(path, { method, body: JSON.stringify(body) });

function options(aliases) {
  const made = document.createDocumentFragment();
  made.append(...aliases.map((alias) => make("option", {}, alias)));
  return made;
}

function look(told) {
  const { settings } = told;
  at("origin").textContent = told.origin;
  at("now").textContent = told.now.replace("T", " ").replace("Z", " UTC");
  at("now").dateTime = told.now;
  at("throttling").checked = settings.throttling;
  if (document.activeElement !== at("delay")) at("delay").value = settings.replication_delay;
  at("counts").textContent = Object.entries(told.counts)
    .map(([name, value]) => `${number(value)} ${name}`).join(" · ");
  const aliases = told.tenants.map((one) => one.alias);
  write("tenant", aliases, options);
  write("whom", aliases, (known) => {
    const made = options(known);
    made.prepend(make("option", { value: "" }, "any tenant"));
    return made;
  });
  write("tenants", told.tenants, (rows) => table(rows, TENANTS, "No tenant is loaded."));
  write("policies", told.policies, (rows) => table(rows, POLICIES, "No tenant is loaded."));
  write("links", told.links, (rows) => table(rows, LINKS,
    ["No tenant lets another in yet. Next: ", command("pulumi up"), " for your topology."]));
  write("mails", told.mails, (rows) => table(rows, MAILS, "No invitation would have sent one."));
  write("faults", [told.faults, told.struck], ([rows, struck]) => table(rows, FAULTS,
    `None is armed${struck ? `; ${number(struck)} struck so far` : ""}.`));
  const buckets = settings.throttling ? told.buckets.sort((one, other) => other.used - one.used) : [];
  write("buckets", [settings.throttling, buckets], ([throttling]) => table(buckets, BUCKETS,
    throttling ? "Nothing was drawn yet." : "Requests cost nothing while quotas are off."));
  lookAtRequests(told.requests);
}

// Who scrolled down reads; nothing moves until they are back at the top.
function lookAtRequests(requests) {
  const held = at("requests").scrollTop > 0;
  at("held").hidden = !held;
  if (held) return;
  write("requests", requests, (rows) => table(rows, REQUESTS, ["Nobody has asked for anything yet. Next: ",
    command('eval "$(tenantry sandbox env)"'), " in a shell, then any client."]));
}

let turn = 0;
let following = null;
let seen = "";

const versionOf = (told) => told.tenants.find((one) => one.alias === at("tenant").value)?.version;

async function find(after = 0) {
  const mine = ++turn;
  at("tenant").disabled = !at("tenant").value;
  if (!at("tenant").value) return; // there is none, so nobody lives anywhere
  const query = new URLSearchParams({
    tenant: at("tenant").value, from: at("from").value, search: at("search").value, after,
  });
  const told = await ask(`/_sandbox/page/people?${query}`);
  if (mine !== turn) return; // somebody typed on meanwhile
  const held = at("people").querySelector("tbody");
  const page = () => table(told.people, PEOPLE, "Nobody here is like that. Next: search for less, or in another tenant.");
  if (after && held) held.append(...page().querySelectorAll("tbody tr"));
  else write("people", [after, mine, told.people], page);
  following = told.next;
  at("more").disabled = following === null;
  const rows = at("people").querySelectorAll("tbody tr").length;
  at("found").textContent = following === null ? `${number(rows)} shown, all there are` : `${number(rows)} shown`;
}

async function anew() {
  at("people").scrollTop = 0;
  await find();
}

// The list follows its tenant, except where somebody has gone on in it.
async function follow(told) {
  const version = `${at("tenant").value} ${versionOf(told)}`;
  const reading = at("people").scrollTop > 0 || at("people").querySelectorAll("tbody tr").length > 50;
  if (version === seen || (reading && seen)) return;
  seen = version;
  await find();
}

async function refresh() {
  try {
    const told = await ask("/_sandbox/page/overview");
    look(told);
    await follow(told);
    at("main").hidden = false;
    at("alive").textContent = "";
  } catch (problem) {
    at("alive").textContent = `No answer (${problem.message}). Is the sandbox still running?`;
  }
}

// What a button does is seen at once, and a refusal is said where it was asked for.
const acting = (act) => async (event) => {
  event.preventDefault();
  const said = at(event.currentTarget.dataset.says ?? "said");
  try {
    await act(event);
    said.textContent = "";
  } catch (problem) {
    said.textContent = problem.message;
  }
  await refresh();
};

// What holds until it is cleared is not counted.
const TAKES = { close: ["tenant"], revoke: ["tenant", "path"] };
const kindTakes = () => TAKES[at("kind").value] ?? ["tenant", "path", "count"];

function wish() {
  const given = { tenant: at("whom").value, path: at("path").value, count: Number(at("count").value) };
  const takes = kindTakes().filter((name) => given[name]);
  return { kind: at("kind").value, ...Object.fromEntries(takes.map((name) => [name, given[name]])) };
}

let pause;
at("search").addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(anew, 200);
});
at("choice").addEventListener("submit", (event) => event.preventDefault());
at("tenant").addEventListener("change", anew);
at("from").addEventListener("change", anew);
at("more").addEventListener("click", () => find(following));
at("kind").addEventListener("change", () => {
  for (const name of ["path", "count"]) at(name).disabled = !kindTakes().includes(name);
});
at("arm").addEventListener("submit", acting(() => tell("/_sandbox/faults", wish())));
at("clear").addEventListener("click", acting(() => tell("/_sandbox/faults", {}, "DELETE")));
at("faults").addEventListener("click", acting(async (event) => {
  const fault = event.target.dataset.clear;
  if (fault) await tell("/_sandbox/faults", { number: Number(fault) }, "DELETE");
}));
at("throttling").addEventListener("change", acting((event) =>
  tell("/_sandbox/settings", { throttling: event.target.checked })));
at("delay").addEventListener("change", acting((event) =>
  tell("/_sandbox/settings", { replication_delay: event.target.valueAsNumber })));
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", acting(() =>
    tell("/_sandbox/clock", { advance: Number(button.dataset.advance) })));
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  at("search").focus();
});

await refresh();
setInterval(() => document.hidden || refresh(), EVERY);
