// The class as a grid: rows are pupils by name, columns are indicator and subject. Cells are updated in place, so focus stays.

import { h } from "./dom.js";
import * as told from "./reading.js";
import { byName, said, t } from "./texts.js";

const MARKED_MS = 8000;

/** The columns to show, in the order of the catalogue and then of the subjects. */
export function columns(view, catalogue, subject, windows) {
  const found = new Map();
  for (const { indicators } of view.readings) {
    for (const one of indicators) {
      const chosen = one.window.name === windows.get(one.indicator);
      const fits = !subject || !one.subject || one.subject === subject;
      if (chosen && fits && catalogue.has(one.indicator)) found.set(told.place(one), one);
    }
  }
  const order = [...catalogue.keys()];
  const late = new Map(view.delivery.stale.map((one) => [`${one.indicator}|${one.subject ?? ""}`, one.sources]));
  const column = ([key, { indicator, subject: of, framework, window }]) => ({
    key, indicator, subject: of, framework, window, late: late.get(`${indicator}|${of ?? ""}`),
  });
  return [...found].map(column).sort(
    (a, b) =>
      order.indexOf(a.indicator) - order.indexOf(b.indicator) ||
      byName(told.subjectName(a.subject), told.subjectName(b.subject)) ||
      byName(a.framework?.id ?? "", b.framework?.id ?? ""),
  );
}

/** The subject of a column, and of whose goals it is where there is one for each framework. */
const of = ({ subject, framework }) => [told.subjectName(subject), framework && told.frameworkName(framework)].filter(Boolean).join(" · ");

/** The pupils of a view in the order of the class list: by name; those whom the platform has no name for come last. */
export function rows(view, names) {
  const known = (student) => names.get(student) ?? t("pupil.unknown", { id: student.slice(2, 8) });
  return view.readings
    .map(({ student, indicators }) => ({ student, name: known(student), indicators, unnamed: !names.has(student) }))
    .sort((a, b) => a.unnamed - b.unnamed || byName(a.name, b.name));
}

export class Grid {
  constructor(place, open) {
    this.place = place;
    this.open = open;
    this.cells = new Map();
    place.addEventListener("keydown", (event) => this.#move(event));
    place.addEventListener("focusin", (event) => event.target.matches("button.cell") && this.#rove(event.target));
  }

  /** Builds the grid anew, the focus where it was, and answers the cells that changed. */
  build(shownRows, shownColumns, catalogue) {
    const focused = this.place.contains(document.activeElement) ? document.activeElement.dataset?.cell : null;
    const stop = focused ?? [...this.cells].find(([, { tabIndex }]) => tabIndex === 0)?.[0];
    const before = new Map([...this.cells].map(([key, { reading }]) => [key, reading && told.shown(reading)]));
    this.catalogue = catalogue;
    this.cells.clear();
    const caption = h("caption", {}, t("caption"));
    const table = h("table", { role: "grid" }, caption, this.#head(shownColumns), h("tbody", { role: "rowgroup" }));
    this.place.style.setProperty("--columns", shownColumns.length);
    for (const row of shownRows) table.tBodies[0].append(this.#row(row, shownColumns));
    this.place.replaceChildren(table);
    const first = this.cells.get(stop) ?? this.cells.values().next().value;
    if (first) first.tabIndex = 0;
    if (focused) this.cells.get(focused)?.focus({ preventScroll: true });
    const changed = [...this.cells].filter(([key, { reading }]) => before.get(key) && reading && before.get(key) !== told.shown(reading));
    return changed.map(([, button]) => this.#mark(button));
  }

  #head(shownColumns) {
    const runs = [];
    for (const column of shownColumns) {
      if (runs.at(-1)?.[0].indicator === column.indicator) runs.at(-1).push(column);
      else runs.push([column]);
    }
    const top = runs.map((run) => {
      const title = said(this.catalogue.get(run[0].indicator).title);
      const window = h("span", { class: "window" }, told.windowName(run[0].window.name));
      return h("th", { role: "columnheader", scope: "colgroup", colspan: run.length }, h("span", { class: "title" }, title), window);
    });
    const subjects = shownColumns.map((column) => h("th", { role: "columnheader", scope: "col" }, of(column), told.late(column.late)));
    const corner = h("th", { role: "columnheader", scope: "col", rowspan: 2, class: "name" }, t("pupil"));
    return h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, corner, ...top), h("tr", { role: "row" }, ...subjects));
  }

  #row({ student, name, indicators }, shownColumns) {
    const byPlace = new Map(indicators.map((one) => [told.place(one), one]));
    const named = this.#name(student, name);
    const cells = shownColumns.map((column) => this.#cell(student, name, column, byPlace.get(column.key)));
    return h("tr", { role: "row" }, h("th", { role: "rowheader", scope: "row", class: "name" }, named), ...cells);
  }

  #name(student, name) {
    const key = `${student}|`;
    const button = h("button", { type: "button", class: "cell pupil", tabindex: -1, "data-cell": key, "aria-haspopup": "dialog" }, name);
    button.addEventListener("click", () => this.open(key));
    this.cells.set(key, button);
    button.told = { name, student };
    return button;
  }

  #cell(student, name, column, reading) {
    const key = `${student}|${column.key}`;
    const button = h("button", { type: "button", class: "cell", tabindex: -1, "data-cell": key, "aria-haspopup": "dialog" });
    button.addEventListener("click", () => this.open(key));
    this.cells.set(key, button);
    button.told = { name, column };
    this.#fill(button, reading);
    return h("td", { role: "gridcell" }, button);
  }

  #fill(button, reading) {
    const { column } = button.told;
    button.reading = reading;
    const definition = this.catalogue.get(column.indicator);
    const subject = column.subject && h("span", { class: "subject" }, of(column));
    const label = h("span", { class: "label" }, said(definition.title), subject);
    const words = reading ? this.#told(reading, definition) : [h("span", { class: "value none" }, "–")];
    button.replaceChildren(label, h("span", { class: "body" }, ...words));
  }

  #told(reading, definition) {
    const line = (kind, text) => text && h("span", { class: kind }, text);
    if (reading.value === null) {
      const words = told.reason(reading, definition);
      const why = h("span", { class: "reason", title: words }, words);
      return [line("value none", "–"), why, line("today", told.today(reading, definition))];
    }
    const [figures, unit] = told.value(reading, definition);
    return [
      h("span", { class: "value" }, figures, h("span", { class: "unit" }, unit)),
      line("between", told.interval(reading, definition)),
      line("n", told.count(reading.indicator, reading.n)),
      line("today", told.today(reading, definition)),
    ];
  }

  /** Fills in new readings and answers the cells that changed, having marked them for a while. */
  update(shownRows) {
    const changed = [];
    for (const { student, indicators } of shownRows) {
      for (const reading of indicators) {
        const button = this.cells.get(`${student}|${told.place(reading)}`);
        if (!button || (button.reading && told.shown(button.reading) === told.shown(reading))) continue;
        this.#fill(button, reading);
        changed.push(this.#mark(button));
      }
    }
    return changed;
  }

  #mark(button) {
    clearTimeout(button.marked);
    const cell = button.closest("td");
    cell.classList.remove("changed");
    void cell.offsetWidth; // lets the animation begin again
    cell.classList.add("changed");
    button.append(h("span", { class: "new" }, t("new")));
    button.marked = setTimeout(() => {
      cell.classList.remove("changed");
      button.querySelector(".new")?.remove();
    }, MARKED_MS);
    return button;
  }

  /** One cell is a tab stop at a time; arrows, Home and End move among them. */
  #rove(to) {
    for (const button of this.cells.values()) button.tabIndex = button === to ? 0 : -1;
  }

  #move(event) {
    if (!event.target.matches("button.cell") || event.ctrlKey || event.altKey || event.metaKey) return;
    const lines = [...this.place.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("button.cell")]);
    const down = lines.findIndex((line) => line.includes(event.target));
    const across = lines[down].indexOf(event.target);
    const to = {
      ArrowRight: [down, across + 1], ArrowLeft: [down, across - 1], ArrowDown: [down + 1, across], ArrowUp: [down - 1, across],
      Home: [down, 0], End: [down, lines[down].length - 1],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    lines[to[0]]?.[to[1]]?.focus();
  }
}
