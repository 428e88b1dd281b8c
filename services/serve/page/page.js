// The page: which class is shown, and keeping it live. It plays a learning platform, so all it knows comes from the read API and its own list
// of pupils.

import { $, h } from "./dom.js";
import { Explanation } from "./explanation.js";
import * as hub from "./hub.js";
import { Pupil } from "./pupil.js";
import { subjectName, windowName } from "./reading.js";
import { columns, Grid, rows } from "./table.js";
import { byName, choose, chosen, clock, listed, loadTexts, longDay, moment, number, said, t } from "./texts.js";

const EVERY_MS = 2000;
const SLOWEST_MS = 30000;
const GROUPS_EVERY_MS = 15000;
const NAMES_EVERY_MS = 10000;
const TOLD_EVERY_MS = 8000;
const KEPT_GROUP = "fremgang.group";

const state = { groups: [], names: new Map(), windows: new Map(), subject: "", failures: 0, changed: new Set() };
const grid = new Grid($("class"), opened);
const explanation = new Explanation($("explanation"), hub.explanation, failed);
const pupil = new Pupil($("pupil"), hub.extras, failed);

// ---- keeping live -------------------------------------------------------------------------------------------------------------------

let timer;
let asking = false;

function askIn(ms) {
  clearTimeout(timer);
  if (!document.hidden && !state.expired) timer = setTimeout(ask, ms);
}

async function ask() {
  if (asking) return;
  asking = true;
  try {
    await step();
    state.failures = 0;
    connection(state.group ? "live" : "waiting", { n: EVERY_MS / 1000 });
    askIn(state.again ? 0 : EVERY_MS);
    state.again = false;
  } catch (error) {
    failed(error);
  } finally {
    asking = false;
  }
}

function failed(error) {
  if (error instanceof hub.Expired) {
    state.expired = true;
    clearTimeout(timer);
    $("reload").hidden = false;
    return connection("expired");
  }
  if (error instanceof hub.Gone) {
    forget();
    state.groupsAt = 0;
    connection("gone");
    return askIn(EVERY_MS);
  }
  if (!(error instanceof hub.Unreachable)) console.error(error);
  const wait = Math.min(EVERY_MS * 2 ** ++state.failures, SLOWEST_MS);
  connection("lost", { n: wait / 1000 });
  askIn(wait);
}

function connection(how, values) {
  state.connection = [how, values];
  const text = t(`connection.${how}`, values);
  if ($("connection").textContent !== text) $("connection").textContent = text;
  $("connection").dataset.how = how;
}

async function step() {
  state.catalogue ??= await hub.catalogue();
  state.pupils ??= await hub.pupils();
  if (Date.now() - (state.groupsAt ?? 0) > (state.group ? GROUPS_EVERY_MS : 0)) await findGroups();
  const group = state.group;
  if (!group) return;
  const answer = await hub.classView(group.id, state.etag);
  if (group !== state.group) return void (state.again = true);
  if (!answer) return;
  await nameThem(answer.view);
  if (group !== state.group) return void (state.again = true);
  state.etag = answer.etag;
  state.view = answer.view;
  show();
}

async function findGroups() {
  const found = await hub.groups();
  state.groupsAt = Date.now();
  found.sort((a, b) => (b.kind === "class") - (a.kind === "class") || byName(a.name, b.name));
  if (JSON.stringify(found) === JSON.stringify(state.groups)) return;
  state.groups = found;
  const kept = state.group?.id ?? sessionStorage.getItem(KEPT_GROUP);
  const group = found.find((one) => one.id === kept) ?? found[0];
  if (group?.id !== state.group?.id) pick(group);
  drawGroups();
}

function pick(group) {
  forget();
  state.group = group;
  if (group) sessionStorage.setItem(KEPT_GROUP, group.id);
}

function forget() {
  Object.assign(state, { group: null, etag: null, view: null, drawn: null, namesAt: 0 });
  state.changed.clear();
  $("changes").textContent = "";
}

/** Asks for the class's own pupils, or where the list has no such class (a teaching group) for all of them. */
async function nameThem(view) {
  const missing = view.readings.some(({ student }) => !state.names.has(student));
  if (!missing || Date.now() - (state.namesAt ?? 0) < NAMES_EVERY_MS) return;
  state.namesAt = Date.now();
  const own = state.pupils.filter((one) => [view.group.name, view.group.source_id].includes(one.class));
  for (const [student, name] of await hub.resolve(own.length ? own : state.pupils)) state.names.set(student, name);
}

// ---- showing ------------------------------------------------------------------------------------------------------------------------

function show() {
  const { view, catalogue } = state;
  $("title").textContent = t(view.group.kind === "class" ? "title.class" : "title.group", { name: view.group.name });
  document.title = `${view.group.name} – Fremgang`;
  for (const id of ["choices", "delivery", "legend"]) $(id).hidden = false;
  drawChoices();
  drawDelivery();
  const shownRows = rows(view, state.names);
  const shownColumns = columns(view, catalogue, state.subject, state.windows);
  const drawn = JSON.stringify([chosen(), shownColumns.map(({ key, late }) => [key, late]), shownRows.map(({ student, name }) => [student, name])]);
  const changed = drawn === state.drawn ? grid.update(shownRows) : grid.build(shownRows, shownColumns, catalogue);
  state.drawn = drawn;
  if (changed.length) tellOf(changed);
}

function drawGroups() {
  const options = state.groups.map(({ id, name }) => h("option", { value: id, selected: id === state.group?.id }, name));
  $("group").replaceChildren(...options);
}

function drawChoices() {
  const all = state.view.readings.flatMap(({ indicators }) => indicators);
  const subjects = [...new Set(all.map(({ subject }) => subject).filter(Boolean))].sort((a, b) => byName(subjectName(a), subjectName(b)));
  const several = [...state.catalogue.values()].filter(({ indicator, windows }) => {
    if (!state.windows.has(indicator)) state.windows.set(indicator, windows[0]);
    return windows.length > 1 && all.some((one) => one.indicator === indicator);
  });
  const drawn = JSON.stringify([chosen(), subjects, several.map(({ indicator }) => indicator)]);
  if (drawn === state.choices) return;
  state.choices = drawn;
  if (!subjects.includes(state.subject)) state.subject = "";
  const option = (value, words, now) => h("option", { value, selected: value === now }, words);
  $("subject").replaceChildren(option("", t("subject.all"), state.subject), ...subjects.map((one) => option(one, subjectName(one), state.subject)));
  const chooser = ({ indicator, title, windows }) => {
    const select = h("select", { "data-window": indicator }, ...windows.map((one) => option(one, windowName(one), state.windows.get(indicator))));
    return h("label", {}, h("span", {}, said(title)), select);
  };
  $("windows").replaceChildren(...several.map(chooser));
}

function drawDelivery() {
  const { as_of: now, sources } = state.view.delivery;
  $("as-of").textContent = t("as-of", { day: longDay(now), time: clock(now) });
  const items = sources.map(({ source, data_until: until, status }) => {
    const words = h("span", { class: "status" }, t(`status.${status}`));
    const newest = until ? t("data-until", { time: moment(until, now) }) : t("data-until.never");
    return h("li", { "data-status": status }, h("b", {}, source), " ", newest, " ", words);
  });
  $("sources").replaceChildren(...(items.length ? items : [h("li", {}, t("sources.none"))]));
}

/** Says in one sentence what changed, not more often than can be listened to. */
function tellOf(changed) {
  for (const button of changed) state.changed.add(button.dataset.cell);
  const open = changed.find(({ dataset }) => dataset.cell === explanation.of?.key);
  if (open) explanation.refresh(described(open));
  if (state.telling) return;
  state.telling = true;
  setTimeout(() => (state.telling = false) || (state.changed.size && say()), TOLD_EVERY_MS);
  say();
}

function say() {
  const names = [...new Set([...state.changed].map((key) => grid.cells.get(key)?.told.name).filter(Boolean))].sort(byName);
  const more = names.length - 2;
  const who = more > 0 ? [...names.slice(0, 2), t("changes.others", { n: number(more) })] : names;
  const time = clock(state.view.delivery.as_of);
  $("changes").textContent = t(state.changed.size === 1 ? "changes.one" : "changes.other", { n: number(state.changed.size), who: listed(who), time });
  state.changed.clear();
}

const described = (button) => ({ key: button.dataset.cell, name: button.told.name, address: button.reading.explanation });

function opened(key) {
  const button = grid.cells.get(key);
  if (button.reading) explanation.open(described(button));
  else if (button.told.student) pupil.open({ name: button.told.name, address: button.told.student });
}

// ---- the page's own controls --------------------------------------------------------------------------------------------------------

function drawTexts() {
  document.documentElement.lang = chosen();
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === chosen());
  if (state.connection) connection(...state.connection);
  $("changes").textContent = "";
  if (state.view) show();
  explanation.redraw();
  pupil.redraw();
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    choose(button.dataset.language);
    drawTexts();
  });
}

$("group").addEventListener("change", ({ target }) => {
  pick(state.groups.find(({ id }) => id === target.value));
  if (asking) state.again = true;
  else ask();
});

$("subject").addEventListener("change", ({ target }) => {
  state.subject = target.value;
  show();
});

$("windows").addEventListener("change", ({ target }) => {
  state.windows.set(target.dataset.window, target.value);
  show();
});

$("choices").addEventListener("submit", (event) => event.preventDefault());
$("reload").addEventListener("click", () => location.reload());
/** The cell that a dialog was opened from may have been built anew meanwhile. */
for (const dialog of [$("explanation"), $("pupil")]) {
  dialog.addEventListener("close", () => $("class").contains(document.activeElement) || $("class").querySelector("[tabindex='0']")?.focus());
}
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : askIn(0)));

await loadTexts();
drawTexts();
ask();
