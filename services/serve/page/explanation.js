// One value explained, down to its facts: the dialog that a cell opens.

import { h } from "./dom.js";
import * as told from "./reading.js";
import { day, days, fullMoment, has, listed, number, said, t } from "./texts.js";

const FIRST_FACTS = 50;
const LONGEST_ID = 28;
const HIDDEN = new Set(["type", "date", "source", "disputed", "at", "tool", "subject_code"]);

export class Explanation {
  constructor(dialog, ask, failed) {
    this.dialog = dialog;
    this.ask = ask;
    this.failed = failed;
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => (this.of = null));
  }

  /** The dialog gives the focus back to the cell that opened it. */
  async open(of) {
    this.of = of;
    this.all = false;
    this.body = null;
    this.#draw();
    this.dialog.showModal();
    await this.refresh();
  }

  /** Asks again: the value moved, and so did its facts. */
  async refresh(of = this.of) {
    if (!of) return;
    try {
      const body = await this.ask(of.address);
      if (this.of?.address !== of.address) return;
      this.of = of;
      this.body = body;
      this.#draw();
    } catch (error) {
      if (!this.body) this.dialog.close();
      this.failed(error);
    }
  }

  redraw() {
    if (this.of) this.#draw();
  }

  #draw() {
    const kept = this.dialog.scrollTop;
    const active = this.dialog.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    const close = h("button", { type: "button", class: "close", "data-part": "close", on: { click: () => this.dialog.close() } }, t("close"));
    const name = h("h2", { id: "explanation-title" }, this.of.name);
    this.dialog.replaceChildren(h("div", { class: "sheet" }, h("header", {}, name, close), ...this.#content()));
    this.dialog.scrollTop = kept;
    if (active) this.dialog.querySelector(`[data-part="${active}"]`)?.focus();
  }

  #content() {
    if (!this.body) return [h("p", {}, t("loading"))];
    const { reading, definition, text } = this.body;
    const of = [said(definition.title), reading.subject && told.subjectName(reading.subject)].filter(Boolean).join(" · ");
    return [
      h("p", { class: "of" }, of),
      h("p", { class: "figure" }, ...this.#figure(reading, definition)),
      h("p", { class: "sentence" }, said(text)),
      ...this.#late(),
      h("dl", {}, ...this.#terms(reading, definition)),
      h("h3", {}, t("facts", { n: number(this.body.facts.length) })),
      this.#facts(),
    ];
  }

  #figure(reading, definition) {
    const parts = [told.interval(reading, definition), told.count(reading.indicator, reading.n), told.today(reading, definition)];
    const beside = h("span", { class: "beside" }, parts.filter(Boolean).join(" · "));
    if (reading.value === null) return [h("span", { class: "value none" }, "–"), beside];
    const [figures, unit] = told.value(reading, definition);
    return [h("span", { class: "value" }, figures, h("span", { class: "unit" }, unit)), beside];
  }

  #late() {
    return this.body.delivery.stale.map(({ sources }) => h("p", { class: "late" }, t("late", { sources: listed(sources) })));
  }

  #terms(reading, definition) {
    const { window, version } = reading;
    const sources = this.body.sources.map(({ source, facts }) => t("source.facts", { source, n: number(facts) }));
    const span = t("window.dates", { name: told.windowName(window.name), dates: days(window.from, window.to), n: number(window.school_days) });
    const terms = [
      ["term.formula", said(definition.formula)],
      ["term.unseen", said(definition.unseen)],
      ["term.minimum", said(definition.minimum)],
      ["term.window", window.calendar === "assumed" ? `${span} ${t("window.assumed")}` : span],
      ["term.sources", sources.join("; ") || t("sources.none")],
      ["term.newest", this.body.newest ? fullMoment(this.body.newest) : "–"],
      ["term.definition", t("definition", { id: definition.id, name: definition.indicator, version })],
    ];
    return terms.flatMap(([term, words]) => [h("dt", {}, t(term)), h("dd", {}, words)]);
  }

  #facts() {
    const { facts } = this.body;
    if (!facts.length) return h("p", {}, t("facts.none"));
    const list = facts.slice(0, this.all ? facts.length : FIRST_FACTS);
    const items = list.map((fact) => {
      const when = fact.type.startsWith("attendance.") ? day(fact.date) : fullMoment(fact.at);
      const disputed = fact.disputed && h("span", { class: "disputed" }, t("disputed"));
      const source = h("span", { class: "source" }, fact.source);
      return h("li", {}, h("time", { datetime: fact.at }, when), h("span", { class: "what" }, ...what(fact), disputed || null), source);
    });
    return h("div", {}, h("ol", { class: "facts", reversed: true }, ...items), this.#rest(facts.length - list.length));
  }

  #rest(left) {
    if (left <= 0) return null;
    const show = () => {
      this.all = true;
      this.#draw();
    };
    return h("button", { type: "button", "data-part": "rest", on: { click: show } }, t("facts.rest", { n: number(left) }));
  }
}

/** A fact in words; of a type that this page has no words for, its fields as they are. */
function what(fact) {
  if (fact.type === "activity.item_answered") return [t("fact.answered"), " ", id(fact.item_id), ...verdict(fact)];
  if (fact.type === "activity.resource_viewed") return [t("fact.viewed"), " ", id(fact.resource_id)];
  if (fact.type === "activity.media_played") return [t(`fact.${fact.kind}`), " ", id(fact.resource_id), position(fact)];
  if (fact.type === "activity.session") return [t(`fact.session.${fact.kind}`)];
  if (fact.type === "attendance.registered") return [t(`fact.slot.${fact.slot}`), ": ", h("b", {}, t(`fact.${fact.status}`))];
  if (fact.type === "attendance.day_total") return [t("fact.day"), ": ", h("b", {}, absent(fact.absent_fraction))];
  const fields = Object.entries(fact).filter(([name]) => !HIDDEN.has(name));
  return [has(`fact.${fact.type}`) ? t(`fact.${fact.type}`) : fact.type, " ", fields.map(([name, told]) => `${name} ${told}`).join(", ")];
}

function verdict({ correct, attempt_no: attempt }) {
  const words = correct === true ? "fact.right" : correct === false ? "fact.wrong" : "fact.unjudged";
  return [": ", h("b", {}, t(words)), attempt ? ` (${t("fact.attempt", { n: attempt })})` : ""];
}

const position = ({ position: seconds }) => (seconds == null ? "" : ` (${t("fact.position", { n: number(seconds, 0) })})`);

const absent = (fraction) => (fraction === 0 ? t("fact.present") : t("fact.absent.part", { n: number(fraction, 0, 1) }));

/** The last part of an address, or as much of a name as there is room for. */
function id(whole) {
  const last = whole.split(/[/#]/).filter(Boolean).at(-1) ?? whole;
  const short = last.length > LONGEST_ID ? `…${last.slice(-LONGEST_ID)}` : last;
  return h("code", { title: whole }, short);
}
