// A reading in words: value with unit, what it counts, its interval, today, or the reason why there is no value.

import { h } from "./dom.js";
import { counted, filled, has, listed, number, said, t } from "./texts.js";

export const subjectName = (code) => {
  if (!code) return t("subject.none");
  return has(`subject.${code}`) ? t(`subject.${code}`) : code;
};

export const windowName = (name) => (has(`window.${name}`) ? t(`window.${name}`) : name);

const withUnit = (figures, unit) => (has(`unit.${unit}`) ? t(`unit.${unit}`, { value: figures }) : `${figures} ${unit}`);

/** [figures, what follows them] so that the unit can be set smaller. */
export function value(reading, definition) {
  const [, after] = withUnit("|", reading.unit).split("|");
  return [number(reading.value, definition.decimals), after];
}

export const count = (indicator, n) => (has(`n.${indicator}.one`) ? counted(`n.${indicator}`, n) : t("n.any", { n: number(n) }));

export function interval(reading, definition) {
  if (!reading.interval) return "";
  const [low, high] = reading.interval.map((end) => number(end, definition.decimals));
  return withUnit(`${low}–${high}`, reading.unit);
}

/** Today's value; its own n where the value is not itself that number. */
export function today(reading, definition) {
  if (!reading.today) return "";
  const { value: figure, n } = reading.today;
  const told = withUnit(number(figure, 0, definition.decimals), reading.unit.replace(/_per_day$/, ""));
  return t("today", { value: figure === n || reading.unit !== "percent" ? told : `${told} (${count(reading.indicator, n)})` });
}

export const reason = (reading, definition) => filled(said(definition.reasons[reading.reason]), { n: number(reading.n) });

/** That what is shown rests on sources that are late; null where it does not. */
export const late = (sources) => (sources ? h("span", { class: "late", title: t("late", { sources: listed(sources) }) }, t("status.stale")) : null);

/** What a cell stands for, whatever its value. */
export const place = ({ indicator, subject, framework, window }) =>
  [indicator, subject ?? "", ...(framework ? [framework.id] : []), window.name].join("|");

/** A framework of goals in few letters: its version, where somebody told of it, else the end of its name. */
export const frameworkName = ({ id, version }) => version ?? id.split("/").filter(Boolean).at(-1);

/** Changes exactly when what a cell shows does. */
export const shown = ({ value, n, interval, today, reason, version }) => JSON.stringify([value, n, interval, today, reason, version]);
