// One value explained, down to its facts: the dialog that a cell opens.

import { Dialog } from "./dialog.js";
import { h } from "./dom.js";
import * as told from "./reading.js";
import { day, days, fullMoment, listed, number, said, t } from "./texts.js";

const FIRST_FACTS = 50;

export class Explanation extends Dialog {
  async open(of) {
    this.all = false;
    await super.open(of);
  }

  content() {
    const { reading, definition, text } = this.body;
    const of = [said(definition.title), reading.subject && told.subjectName(reading.subject)].filter(Boolean).join(" · ");
    return [
      h("p", { class: "of" }, of),
      h("p", { class: "figure" }, ...this.#figure(reading, definition)),
      h("p", { class: "sentence" }, said(text)),
      ...this.#late(),
      h("dl", {}, ...this.#terms(reading, definition)),
      h("h3", {}, t("facts", { n: number(this.body.total) })),
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
      ...(definition.interval ? [["term.interval", said(definition.interval)]] : []),
      ["term.window", window.calendar === "assumed" ? `${span} ${t("window.assumed")}` : span],
      ["term.sources", sources.join("; ") || t("sources.none")],
      ["term.newest", this.body.newest ? fullMoment(this.body.newest) : "–"],
      ["term.definition", t("definition", { id: definition.id, name: definition.indicator, version })],
    ];
    return terms.flatMap(([term, words]) => [h("dt", {}, t(term)), h("dd", {}, words)]);
  }

  #facts() {
    const { facts, total } = this.body;
    if (!facts.length) return h("p", {}, t("facts.none"));
    const list = facts.slice(0, this.all ? facts.length : FIRST_FACTS);
    const items = list.map((fact) => {
      const when = fact.type.startsWith("attendance.") ? day(fact.date) : fullMoment(fact.at);
      const source = h("span", { class: "source" }, fact.source);
      return h("li", {}, h("time", { datetime: fact.at }, when), h("span", { class: "what" }, ...what(fact)), source);
    });
    return h("div", {}, h("ol", { class: "facts", reversed: true }, ...items), this.#rest(total - list.length));
  }

  #rest(left) {
    if (left <= 0) return null;
    return h("button", { type: "button", "data-part": "rest", on: { click: () => this.#showAll() } }, t("facts.rest", { n: number(left) }));
  }

  async #showAll() {
    const { body } = this;
    this.all = true;
    try {
      while (body.next) {
        const more = await this.ask(body.next);
        body.facts.push(...more.facts);
        body.next = more.next;
      }
    } catch (error) {
      this.failed(error);
    }
    if (this.body === body) this.draw();
  }
}

/** A fact in words, the work that it is where there is a link to it, and what other sources say of it. */
function what({ text, group, link, against }) {
  const of = group && h("span", { class: "group" }, ` (${group.name})`);
  const others = against.map((other) => h("span", { class: "disputed" }, t("disputed", { source: other.source, words: said(other.text) })));
  return [said(text), of, linked(link), ...others];
}

/** Opened apart, and told nothing of where it was opened from. Only what is https is a link. */
export function linked(href) {
  if (!href?.startsWith("https://")) return null;
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, t("fact.work"));
}
