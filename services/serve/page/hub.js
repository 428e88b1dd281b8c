// The hub's read API, as a learning platform calls it: a bearer token, and names brought by the platform itself.

const token = (name) => document.querySelector(`meta[name=${name}]`).content;
const OF_CLASS = token("fremgang-token");
const OF_PUPIL = token("fremgang-token-pupil");
const MOST_IDENTITIES = 500;
const EXTRAS = ["last-activity", "latest-test", "latest-notes", "feedback-waiting"];

export class Expired extends Error {}
export class Gone extends Error {}
export class Unreachable extends Error {}

async function asked(path, { etag, bearer = OF_CLASS, ...options } = {}) {
  const headers = { Authorization: `Bearer ${bearer}`, ...(etag && { "If-None-Match": etag }), ...options.headers };
  let answer;
  try {
    answer = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch {
    throw new Unreachable("no answer");
  }
  if (answer.status === 401) throw new Expired("the token cannot be used");
  if (answer.status === 404) throw new Gone("unknown, or not the caller's");
  if (!answer.ok && answer.status !== 304) throw new Unreachable(`status ${answer.status}`);
  return answer;
}

const json = async (path, options) => (await asked(path, options)).json();

/** name -> definition, in the catalogue's order. */
export async function catalogue() {
  return new Map((await json("/v1/indicators")).indicators.filter(({ until }) => !until).map((one) => [one.indicator, one]));
}

export const groups = async () => (await json("/v1/groups")).groups;

/** The class in one request; null where it is as it was at `etag`. */
export async function classView(group, etag) {
  const answer = await asked(`/v1/groups/${group}/indicators`, { etag });
  return answer.status === 304 ? null : { view: await answer.json(), etag: answer.headers.get("ETag") };
}

export const explanation = (path) => json(path);

/** What is told of one pupil beside the numbers: asked for the talk with the parents, for which there are notes too. */
export async function extras(student) {
  const asked = EXTRAS.map((name) => `indicator=${name}`).join("&");
  return (await json(`/v1/students/${student}?${asked}`, { bearer: OF_PUPIL })).extras;
}

export const pupils = async () => (await fetch("/page/pupils.json")).json();

/** hub id -> name, for those of the platform's pupils whom the hub knows. The hub is told their ids, never their names. */
export async function resolve(pupils) {
  const found = new Map();
  for (let at = 0; at < pupils.length; at += MOST_IDENTITIES) {
    const some = pupils.slice(at, at + MOST_IDENTITIES);
    const body = JSON.stringify({ identities: some.map(({ scheme, value }) => ({ scheme, value })) });
    const { students } = await json("/v1/students:resolve", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    students.forEach(({ student }, index) => student && found.set(student, some[index].name));
  }
  return found;
}
