// All text goes through textContent, which makes no markup of a name.
"use strict";

const base = "/_emulator/";
const shown = 200; // rows of a table
const byId = (id) => document.getElementById(id);

function element(name, text, className) {
  const e = document.createElement(name);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}

function say(text, bad) {
  const status = byId("status");
  status.textContent = text;
  status.className = bad ? "bad" : "";
}

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (method !== "GET") {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(base + path, options);
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(answer.error || "status " + response.status);
  return answer;
}

// attempt reports the error of an action to the reader.
function attempt(action) {
  return async (event) => {
    if (event && event.preventDefault) event.preventDefault();
    try {
      await action(event);
    } catch (error) {
      say(error.message, true);
    }
  };
}

const time = (text) => text.slice(11, 23).replace("Z", "");

function prepend(id, cells) {
  const body = byId(id).tBodies[0];
  const row = element("tr");
  for (const [text, className] of cells) row.append(element("td", text, className));
  body.prepend(row);
  while (body.rows.length > shown) body.lastChild.remove();
}

function request(r) {
  const good = r.status >= 200 && r.status < 300;
  prepend("requests", [
    [time(r.time)], [r.provider || "none"], [r.method + " " + r.path], [r.caller || "default"],
    [r.status || "no answer", good ? "good" : "bad"], [r.problem, "bad"],
  ]);
}

function delivery(d) {
  const headers = Object.entries(d.headers).map(([name, values]) => name + ": " + values.join(", ")).join("\n");
  const good = d.status >= 200 && d.status < 300;
  prepend("deliveries", [
    [time(d.time)], [d.provider], [d.event + (d.attempt > 1 ? ", attempt " + d.attempt : "")], [d.url], [headers || "none"],
    [d.status ? d.status + (d.error ? ", " + d.error : "") : d.error, good ? "good" : "bad"],
  ]);
}

async function members() {
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  byId("members").replaceWith(document.adoptNode(page.getElementById("members")));
}

async function faults() {
  const list = byId("faults");
  list.replaceChildren();
  for (const f of (await call("GET", "faults")).faults) {
    const { id, matched, keep, ...rest } = f;
    const item = element("li");
    item.append(element("code", JSON.stringify(rest)), " ", keep ? "until removed, " : "", matched + " matched ");
    const button = element("button", "Remove");
    button.setAttribute("aria-label", "Remove fault " + id);
    button.addEventListener("click", attempt(async () => {
      await call("DELETE", "faults?id=" + id);
      await faults();
    }));
    item.append(button);
    list.append(item);
  }
}

async function clock(answer) {
  const { now, advanced } = answer || (await call("GET", "health"));
  byId("now").textContent = now.slice(0, 19).replace("T", " ") + " UTC" + (advanced === "0s" ? "" : ", " + advanced + " ahead");
}

async function logs() {
  byId("requests").tBodies[0].replaceChildren();
  byId("deliveries").tBodies[0].replaceChildren();
  for (const r of (await call("GET", "requests")).requests) request(r);
  const { targets, deliveries } = await call("GET", "deliveries");
  const names = Object.keys(targets);
  byId("targets").textContent = names.length ? names.map((n) => n + ": " + targets[n].url).join(", ") : "No provider has a target; webhooks of Webex have their own.";
  for (const d of deliveries) delivery(d);
}

// soon runs an action once after a burst of messages.
function soon(action) {
  let timer = 0;
  return () => {
    if (!timer) timer = setTimeout(() => { timer = 0; attempt(action)(); }, 300);
  };
}

const changed = soon(members);
const used = soon(faults);

byId("fault").addEventListener("submit", attempt(async (event) => {
  const form = new FormData(event.target);
  const kinds = { drop: { drop: true }, lost: { apply: true, drop: true }, slow: { delay: "2s" } };
  const kind = form.get("kind");
  const fault = { ...(kinds[kind] || { status: Number(kind) }), keep: form.has("keep") };
  if (form.get("provider")) fault.provider = form.get("provider");
  await call("POST", "faults", fault);
  await faults();
}));

byId("clock").addEventListener("submit", attempt(async (event) => {
  await clock(await call("POST", "clock", { advance: new FormData(event.target).get("advance") }));
  await members();
}));

byId("reset").addEventListener("submit", attempt(async () => {
  await clock(await call("POST", "reset"));
}));

const stream = new EventSource(base + "events");
stream.addEventListener("open", attempt(async () => {
  say("Live");
  await logs();
  await faults();
  await clock();
  await members();
}));
stream.addEventListener("error", () => say("The stream is interrupted, and the page tries again.", true));
stream.addEventListener("request", (message) => {
  const r = JSON.parse(message.data);
  request(r);
  if (r.method !== "GET") changed();
  if (byId("faults").children.length) used();
});
stream.addEventListener("delivery", (message) => delivery(JSON.parse(message.data)));
stream.addEventListener("state", attempt(async () => {
  await logs();
  await faults();
  await clock();
  await members();
}));
