// The files of the search, each loaded once and only when it is wanted.

const kept = new Map();
let base = "";

export function readFrom(folder) {
  base = new URL(folder, document.baseURI).href;
}

function load(name) {
  if (!kept.has(name)) {
    const answer = fetch(base + name + ".json").then((response) => {
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return response.json();
    });
    answer.catch(() => kept.delete(name)); // the next try asks again
    kept.set(name, answer);
  }
  return kept.get(name);
}

export const index = () => load("index");

/** Places whose names begin with these letters; none where there is no such file. */
export async function places(letters) {
  const known = (await index()).places;
  if (!known.includes(letters)) return [];
  return (await load("places/" + letters)).map(([name, kind, state, y, x, id, people, shown]) => ({
    name, kind, state, y: y === null ? null : y / 1e4, x: x === null ? null : x / 1e4, id, people, shown: shown ?? `${name}, ${state}`,
  }));
}

/** Rows of a state (or "online") as objects, and how its map is drawn. */
export async function shard(code) {
  const file = await load(code.toLowerCase());
  file.rows ??= rowsOf(file);
  return file;
}

const WORDS = ["name", "operator", "site", "town", "county", "zip", "phone", "sessions", "home"];
const CODES = ["state", "fips", "level", "focus", "accepting", "freshness", "precision"];
const SETS = ["serves", "refused", "conditions", "payers", "languages", "populations",
  "conditions_asked", "payers_asked", "languages_asked", "populations_asked"];

function rowsOf({ n, words, codes, sets, columns }) {
  const spelled = sets.map((set) => set.map((code) => codes[code]));
  const read = new Map([
    ...WORDS.map((name) => [name, (cell) => words[cell]]),
    ...CODES.map((name) => [name, (cell) => codes[cell]]),
    ...SETS.map((name) => [name, (cell) => spelled[cell]]),
    ["x", (cell) => cell / 1e4],
    ["y", (cell) => cell / 1e4],
  ]);
  const rows = Array.from({ length: n }, () => ({}));
  for (const [name, cells] of Object.entries(columns)) {
    const meaning = read.get(name) ?? ((cell) => cell);
    for (let i = 0; i < n; i++) rows[i][name] = cells[i] === null ? null : meaning(cells[i]);
  }
  return rows;
}
