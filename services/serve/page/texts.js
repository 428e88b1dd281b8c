// The page's words in Danish and English, and numbers and dates as each language writes them.

const LOCALES = { da: "da-DK", en: "en-GB" };
const SCHOOL_TIME = "Europe/Copenhagen";
const KEPT = "fremgang.language";

let words = {};
let language = localStorage.getItem(KEPT) ?? (navigator.language.startsWith("en") ? "en" : "da");
if (!(language in LOCALES)) language = "da";

export const chosen = () => language;

export async function loadTexts() {
  words = await (await fetch("/page/texts.json")).json();
}

export function choose(to) {
  language = to;
  localStorage.setItem(KEPT, to);
}

/** The text of a key, its placeholders filled in; an unknown key is shown as such, so that it is seen. */
export function t(key, values = {}) {
  return filled(words[key]?.[language] ?? `[${key}]`, values);
}

export const has = (key) => key in words;

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "–");

/** Of a pair of texts as the API sends them. */
export const said = (texts) => texts?.[language] ?? texts?.en ?? "";

export function number(value, least = 0, most = least) {
  return new Intl.NumberFormat(LOCALES[language], { minimumFractionDigits: least, maximumFractionDigits: most }).format(value);
}

/** `count` of a noun that the texts have as KEY.one and KEY.other. */
export function counted(key, count) {
  const form = new Intl.PluralRules(LOCALES[language]).select(count) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n: number(count) });
}

const formatted = (instant, options) => new Intl.DateTimeFormat(LOCALES[language], { timeZone: SCHOOL_TIME, ...options }).format(instant);

const MINUTE = { hour: "2-digit", minute: "2-digit" };
const DAY = { day: "numeric", month: "short" };

export const clock = (instant) => formatted(new Date(instant), { ...MINUTE, second: "2-digit" });

/** The time alone where it is of the same school date as `now`, else with its date. */
export function moment(instant, now) {
  const date = (one) => formatted(new Date(one), { year: "numeric", month: "numeric", day: "numeric" });
  return formatted(new Date(instant), date(instant) === date(now) ? MINUTE : { ...DAY, ...MINUTE });
}

export const fullMoment = (instant) => formatted(new Date(instant), { ...DAY, weekday: "short", ...MINUTE, second: "2-digit" });

const noon = (date) => new Date(`${date}T12:00:00Z`);

export const day = (date) => formatted(noon(date), { ...DAY, weekday: "short" });

export const longDay = (instant) => formatted(new Date(instant), { ...DAY, weekday: "long", month: "long", year: "numeric" });

export function days(from, to) {
  const format = new Intl.DateTimeFormat(LOCALES[language], { timeZone: SCHOOL_TIME, ...DAY, year: "numeric" });
  return format.formatRange(noon(from), noon(to));
}

export const byName = (one, other) => new Intl.Collator("da-DK").compare(one, other);

export const listed = (parts) => new Intl.ListFormat(LOCALES[language]).format(parts);
