// A session of Microsoft's JavaScript Graph client with the sandbox, as an application would have
// it. What was seen is written as one JSON object to standard output.

import { BatchRequestContent, BatchResponseContent, Client, PageIterator } from "@microsoft/microsoft-graph-client";

const { TENANTRY_SANDBOX_ORIGIN: origin, TENANTRY_SANDBOX_SECRET: secret, TENANT: tenant, APPLICATION: application } =
  process.env;
const seen = {};

async function getAccessToken() {
  const answer = await fetch(`${origin}/${tenant}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials", client_id: application, client_secret: secret, scope: `${origin}/.default`,
    }),
  });
  return (await answer.json()).access_token;
}

const client = Client.initWithMiddleware({
  authProvider: { getAccessToken },
  baseUrl: origin,
  customHosts: new Set([new URL(origin).hostname]),
});

async function everybody() {
  const first = await client.api("/users").select("id,displayName").top(50).get();
  const ids = [];
  await new PageIterator(client, first, (user) => ids.push(user.id) > 0).iterate();
  return { first: first.value.length, all: ids.length, distinct: new Set(ids).size };
}

async function batched() {
  const names = ["/users/$count", "/organization", "/users/nobody"];
  const steps = names.map((name, place) => ({
    id: String(place),
    // The client keeps what stands behind the host, and a batch names no version.
    request: new Request(`${origin}${name}`, { method: "GET", headers: { ConsistencyLevel: "eventual" } }),
  }));
  const content = await new BatchRequestContent(steps).getContent();
  const answers = new BatchResponseContent(await client.api("/$batch").post(content));
  return names.map((_, place) => answers.getResponseById(String(place)).status);
}

async function changes(link) {
  let page = await client.api(link).get();
  const found = [...page.value];
  while (page["@odata.nextLink"]) {
    page = await client.api(page["@odata.nextLink"]).get();
    found.push(...page.value);
  }
  return { found, link: page["@odata.deltaLink"] };
}

async function life() {
  const before = await changes("/users/delta?$select=displayName,jobTitle");
  const made = await client.api("/users").post({
    accountEnabled: true,
    displayName: "Hedy Newcomer",
    mailNickname: "hedy",
    userPrincipalName: "hedy.newcomer@contoso.com",
    passwordProfile: { password: "not-a-real-one-5!" },
  });
  await client.api(`/users/${made.id}`).patch({ jobTitle: "Researcher" });
  const after = await changes(before.link);
  const title = (await client.api(`/users/${made.id}`).select("jobTitle").get()).jobTitle;
  await client.api(`/users/${made.id}`).delete();
  const gone = await client.api(`/users/${made.id}`).get().then(() => 200, (problem) => problem.statusCode);
  const left = await changes(after.link);
  await client.api(`/directory/deletedItems/${made.id}/restore`).post({});
  const back = (await client.api(`/users/${made.id}`).get()).displayName;
  return {
    known: new Set(before.found.filter((user) => !user["@removed"]).map((user) => user.id)).size,
    told: after.found.filter((user) => user.id === made.id).map((user) => user.jobTitle),
    title,
    gone,
    removed: left.found.filter((user) => user.id === made.id).map((user) => user["@removed"]?.reason),
    back,
  };
}

async function throttled() {
  await fetch(`${origin}/_sandbox/faults`, {
    method: "POST", body: JSON.stringify({ kind: "storm", count: 2, retry_after: 1 }),
  });
  const answer = await client.api("/organization").get();
  const { throttled: refused } = await (await fetch(`${origin}/_sandbox/state`)).json();
  return { organizations: answer.value.length, refused };
}

seen.everybody = await everybody();
seen.batched = await batched();
seen.life = await life();
seen.throttled = await throttled();
console.log(JSON.stringify(seen));
