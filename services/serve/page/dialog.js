// A dialog about one thing: asked for when it opens, and shown only while the dialog is still about that thing.

import { h } from "./dom.js";
import { t } from "./texts.js";

export class Dialog {
  /** ask: gives what is told of a thing by its address. failed: is told why it cannot be had. */
  constructor(dialog, ask, failed) {
    this.dialog = dialog;
    this.ask = ask;
    this.failed = failed;
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => (this.of = null));
  }

  /** The dialog gives the focus back to what opened it. of: a name and an address. */
  async open(of) {
    this.of = of;
    this.body = null;
    this.draw();
    this.dialog.showModal();
    await this.refresh();
  }

  /** Asks again, of what may have changed. */
  async refresh(of = this.of) {
    if (!of) return;
    try {
      const body = await this.ask(of.address);
      if (this.of?.address !== of.address) return;
      this.of = of;
      this.body = body;
      this.draw();
    } catch (error) {
      if (!this.body) this.dialog.close();
      this.failed(error);
    }
  }

  redraw() {
    if (this.of) this.draw();
  }

  draw() {
    const kept = this.dialog.scrollTop;
    const active = this.dialog.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    const close = h("button", { type: "button", class: "close", "data-part": "close", on: { click: () => this.dialog.close() } }, t("close"));
    const name = h("h2", { id: `${this.dialog.id}-title` }, this.of.name);
    const told = this.body ? this.content() : [h("p", {}, t("loading"))];
    this.dialog.replaceChildren(h("div", { class: "sheet" }, h("header", {}, name, close), ...told));
    this.dialog.scrollTop = kept;
    if (active) this.dialog.querySelector(`[data-part="${active}"]`)?.focus();
  }
}
