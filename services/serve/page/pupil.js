// One pupil beside the numbers: when last active, the latest test and notes, what waits for feedback. The dialog that a name opens.

import { h } from "./dom.js";
import { linked } from "./explanation.js";
import { subjectName } from "./reading.js";
import { fullMoment, said, t } from "./texts.js";

export class Pupil {
  constructor(dialog, ask, failed) {
    this.dialog = dialog;
    this.ask = ask;
    this.failed = failed;
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => (this.of = null));
  }

  async open(of) {
    this.of = of;
    this.extras = null;
    this.#draw();
    this.dialog.showModal();
    try {
      const extras = await this.ask(of.student);
      if (this.of !== of) return;
      this.extras = extras;
      this.#draw();
    } catch (error) {
      this.dialog.close();
      this.failed(error);
    }
  }

  redraw() {
    if (this.of) this.#draw();
  }

  #draw() {
    const focused = this.dialog.contains(document.activeElement);
    const close = h("button", { type: "button", class: "close", on: { click: () => this.dialog.close() } }, t("close"));
    const name = h("h2", { id: "pupil-title" }, this.of.name);
    const told = this.extras ? this.extras.flatMap(section) : [h("p", {}, t("loading"))];
    this.dialog.replaceChildren(h("div", { class: "sheet" }, h("header", {}, name, close), ...told));
    if (focused) close.focus();
  }
}

function section({ title, text, unseen, items }) {
  const list = items.length ? h("ul", { class: "facts" }, ...items.map(line)) : h("p", {}, t("extra.none"));
  return [h("h3", {}, said(title)), h("p", { class: "of" }, said(text)), list, h("p", { class: "of" }, said(unseen))];
}

/** What has no words of its own is an instant in a subject. */
function line({ subject, text, at, link, source }) {
  const when = text ? said(text) : fullMoment(at);
  const beside = [subject && subjectName(subject), source].filter(Boolean).join(" · ");
  return h("li", {}, h("span", { class: "what" }, when, linked(link)), h("span", { class: "source" }, beside));
}
