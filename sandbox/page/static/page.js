// The page asks for an overview every two seconds while somebody looks at it, and writes anew only
// the parts that changed. Whatever a tenant says is written as text, never as markup.

const EVERY = 2000;
const shown = new Map();
const at = (id) => document.getElementById(id);

function make(name, given = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
  element.append(...inside.filter((one) => one !== null && one !== undefined).map(asNode));
  return element;
}

const asNode = (one) => (one instanceof Node ? one : document.createTextNode(String(one)));

// A table; `columns` are [title, cell of a row, class].
function table(rows, columns, empty) {
  if (!rows.length) return make("p", { class: "empty" }, empty);
  const head = columns.map(([title, , kind]) => make("th", { scope: "col", class: kind ?? "" }, title));
  const body = rows.map((row) =>
    make("tr", {}, ...columns.map(([, cell, kind]) => make("td", { class: kind ?? "" }, cell(row)))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
}

function write(id, told, build) {
  const text = JSON.stringify(told);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  at(id).replaceChildren(build(told));
}

const number = (value) => value.toLocaleString("en");

function allowed(value) {
  if (value === true) return make("span", { class: "good" }, "on");
  if (value === false) return make("span", { class: "bad" }, "off");
  return make("span", { class: "soft" }, "not set");
}

function apps(link) {
  if (!link.apps.length) return make("span", { class: "soft" }, "none");
  const jobs = link.apps.flatMap((app) => app.jobs);
  if (!jobs.length) return "no job";
  const words = jobs.map((job) => (job.state === "Active" ? `job ${job.status}` : "job disabled"));
  const bad = jobs.some((job) => job.status === "Quarantine");
  return make("span", { class: bad ? "bad" : "" }, words.join(", "));
}

function status(one) {
  const kind = one.status < 300 ? "good" : one.status === 429 ? "warn" : "bad";
  return make("span", { class: kind }, one.status);
}

const TENANTS = [
  ["tenant", (one) => make("span", { title: one.id }, one.alias), "word"],
  ["domains", (one) => make("span", { class: "soft" }, one.domains.join(", "))],
  ["people", (one) => number(one.users), "number"],
  ["of them invited", (one) => number(one.external), "number"],
  ["deleted", (one) => number(one.deleted), "number"],
  ["groups", (one) => number(one.groups), "number"],
];
const LINKS = [
  ["from", (one) => one.source, "word"],
  ["to", (one) => one.target, "word"],
  ["inbound sync", (one) => allowed(one.synchronization), "word"],
  ["consent out", (one) => allowed(one.outbound), "word"],
  ["consent in", (one) => allowed(one.inbound), "word"],
  ["sync app", apps],
];
const REQUESTS = [
  ["", status, "number"],
  ["call", (one) => make("code", {}, one.inner ? `… ${one.call}` : one.call)],
  ["tenant", (one) => one.tenant, "word"],
  ["application", (one) => make("span", { class: "soft" }, one.application), "word"],
];
const BUCKETS = [
  ["quota", (one) => one.name, "word"],
  ["of", (one) => make("span", { class: "soft" }, one.of.join(", "))],
  ["used", (one) => make("meter", { min: 0, max: 1, high: 0.8, value: Math.max(one.used, 0) }), "word"],
  ["", (one) => `${Math.round(one.used * 100)} %`, "number"],
];
const FAULTS = [
  ["fault", (one) => one.kind, "word"],
  ["", (one) => make("span", { class: "soft" }, words({ ...one, kind: undefined }))],
];
const MAILS = [
  ["tenant", (one) => one.tenant, "word"],
  ["would have been sent", (one) => `${one.kind}: ${number(one.number)}`],
];
const PEOPLE = [
  ["name", (one) => make("span", { title: one.id }, one.displayName ?? "")],
  ["user principal name", (one) => one.userPrincipalName],
  ["title", (one) => one.jobTitle ?? ""],
  ["is", (one) => (one.enabled ? one.userType : make("span", { class: "warn" }, `${one.userType}, blocked`)), "word"],
  ["came from", origin, "word"],
];

function origin(one) {
  if (one.origin.kind === "internal") return make("span", { class: "soft" }, "here");
  const where = one.origin.tenant ?? "outside";
  return one.origin.kind === "synchronized"
    ? make("span", { class: "good" }, `${where}, synchronized`)
    : `${where}, invited`;
}

const words = (members) =>
  Object.entries(members)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(", ");

function look(told) {
  at("origin").textContent = told.origin;
  at("now").textContent = told.now.replace("T", " ").replace("Z", " UTC");
  at("throttling").checked = told.throttling;
  at("counts").textContent = Object.entries(told.counts)
    .map(([name, value]) => `${number(value)} ${name}`).join(", ");
  write("tenants", told.tenants, (rows) => table(rows, TENANTS, "No tenant is loaded."));
  write("links", told.links, (rows) => table(rows, LINKS,
    "No tenant says anything about another. Next: pulumi up -s sandbox"));
  write("requests", told.requests, (rows) => table(rows, REQUESTS,
    "Nobody has asked for anything yet. Next: eval \"$(tenantry sandbox env)\" in a shell"));
  write("buckets", told.throttling ? told.buckets : [], (rows) => table(rows, BUCKETS,
    told.throttling ? "Nothing was drawn yet." : "Requests cost nothing while quotas are off."));
  write("faults", told.faults, (rows) => table(rows, FAULTS,
    told.struck ? `None is armed; ${told.struck} struck.` : "None is armed."));
  write("mails", told.mails, (rows) => table(rows, MAILS, "No invitation has sent one."));
  write("tenant", told.tenants.map((one) => one.alias), (aliases) => {
    const options = document.createDocumentFragment();
    options.append(...aliases.map((alias) => make("option", {}, alias)));
    return options;
  });
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? answer.statusText);
  return told;
}

const tell = (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) });

let turn = 0;
let following = null;

async function find(after = 0) {
  const mine = ++turn;
  const query = new URLSearchParams({ tenant: at("tenant").value, search: at("search").value, after });
  const told = await ask(`/_sandbox/page/people?${query}`);
  if (mine !== turn) return; // somebody typed on meanwhile
  const page = table(told.people, PEOPLE, "Nobody here has such a name or address.");
  const held = at("people").querySelector("tbody");
  if (after && held) held.append(...page.querySelectorAll("tbody tr"));
  else at("people").replaceChildren(page);
  following = told.next;
  at("more").hidden = following === null;
}

async function refresh() {
  try {
    look(await ask("/_sandbox/page/overview"));
    at("alive").textContent = "";
    if (turn === 0) await find();
  } catch (problem) {
    at("alive").textContent = `No answer (${problem.message}). Is the sandbox still running?`;
  }
}

// What a button does is seen at once, and a refusal is said where it was asked for.
const acting = (act) => async (event) => {
  event.preventDefault();
  try {
    await act(event);
    at("said").textContent = "";
  } catch (problem) {
    at("said").textContent = problem.message;
  }
  await refresh();
};

let pause;
at("search").addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(find, 200);
});
at("choice").addEventListener("submit", (event) => event.preventDefault());
at("tenant").addEventListener("change", () => find());
at("more").addEventListener("click", () => find(following));
at("arm").addEventListener("submit", acting(() => tell("/_sandbox/faults", { kind: at("kind").value })));
at("clear").addEventListener("click", acting(() => ask("/_sandbox/faults", { method: "DELETE" })));
at("throttling").addEventListener("change", acting((event) =>
  tell("/_sandbox/settings", { throttling: event.target.checked })));
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", acting(() =>
    tell("/_sandbox/clock", { advance: Number(button.dataset.advance) })));
}

await refresh();
setInterval(() => document.hidden || refresh(), EVERY);
