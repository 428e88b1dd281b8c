// One pupil beside the numbers: when last active, the latest test and notes, what waits for feedback. The dialog that a name opens.

import { Dialog } from "./dialog.js";
import { h } from "./dom.js";
import { linked } from "./explanation.js";
import { subjectName } from "./reading.js";
import { fullMoment, said, t } from "./texts.js";

export class Pupil extends Dialog {
  content() {
    return this.body.flatMap(section);
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
