// What is searched for and what answers it: no page, no network, so that it can be read and tried alone.

// What a program says of a thing: it has it, nothing, nothing though a list asked, or otherwise.
export const YES = 3, MAYBE = 2, UNTICKED = 1, NO = 0;

/** Small letters without accents, one space between words: as `place_names.py` has it. */
export const fold = (text) =>
  (text ?? "").normalize("NFKD").replace(/[\u0300-\u036f']/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

const SHORT = { st: "saint", mt: "mount", ft: "fort", n: "north", s: "south", e: "east", w: "west" };
const spelled = (name) => fold(name).split(" ").map((word) => SHORT[word] ?? word).join(" ");

const COUNTY = / (county|parish|borough|census area|municipality|municipio|planning region|condado)$/;
/** A place's name as it is compared: of a county without that word. */
export const bare = (place) => (place.kind === "county" ? spelled(place.name).replace(COUNTY, "") : spelled(place.name));

/** A typed place: its name, its state if one is named, and whether a county is meant. */
export function readPlace(typed, states) {
  const five = /(\d{5})(-\d{0,4})?\s*$/.exec(typed);
  if (five) return { name: five[1], state: null, county: false }; // a ZIP code tells enough, whatever stands before it
  let words = fold(typed);
  const byName = new Map(Object.entries(states).flatMap(([code, name]) => [[code.toLowerCase(), code], [fold(name), code]]));
  if (byName.has(words)) return { name: "", state: byName.get(words), county: false };
  let state = null;
  for (const [name, code] of byName) {
    if (words.endsWith(" " + name) && (state === null || name.length > state.length)) state = name;
  }
  if (state !== null) words = words.slice(0, -state.length - 1);
  const county = COUNTY.test(words) || words.startsWith("condado de ");
  words = words.replace(COUNTY, "").replace(/^condado de /, "");
  return { name: words, state: state === null ? null : byName.get(state), county };
}

/** The beginnings of names under which a place may be kept. */
export const lettersOf = (name) => {
  const short = Object.entries(SHORT).filter(([, long]) => name.startsWith(long)).map(([word]) => name.replace(SHORT[word], word));
  return [...new Set([name, spelled(name), ...short].map((one) => one.replaceAll(" ", "").slice(0, 2)))].filter((two) => two.length === 2);
};

/** Places that a typed one may be, the likeliest first. */
export function rankPlaces(places, typed, most = 8) {
  const wanted = spelled(typed.name);
  const found = [];
  for (const place of places) {
    if (typed.state && place.state !== typed.state) continue;
    if (typed.county && place.kind !== "county") continue;
    const name = bare(place);
    const off = name === wanted ? 0 : name.startsWith(wanted) ? 1 : place.kind === "zip" ? 9 : 2 * edits(name, wanted, wanted.length > 6 ? 2 : 1);
    if (off < 9) found.push({ place, off });
  }
  const kinds = { zip: 0, town: 1, county: 2 };
  found.sort((a, b) => a.off - b.off || kinds[a.place.kind] - kinds[b.place.kind] || b.place.people - a.place.people || (a.place.state < b.place.state ? -1 : 1));
  return found.slice(0, most).map(({ place, off }) => ({ ...place, off }));
}

/** Letters to change from one word to the other; more than `most` is many. */
function edits(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return 99;
  let before = [], row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length] <= most ? row[b.length] : 99;
}

/** Whether a place is searched around, and not within: it is small beside the distances that people travel. */
export const isPoint = (place) => place.kind === "zip" || place.kind === "town";

export const radians = (degrees) => (degrees * Math.PI) / 180;

/** Great-circle distance in miles. */
export function milesBetween(a, b) {
  const h = Math.sin(radians(b.y - a.y) / 2) ** 2 + Math.cos(radians(a.y)) * Math.cos(radians(b.y)) * Math.sin(radians(b.x - a.x) / 2) ** 2;
  return 2 * 3958.7613 * Math.asin(Math.min(1, Math.sqrt(h)));
}

const cellOf = (y, x) => (Math.floor(y) + 90) * 360 + Math.floor(x) + 180;

/** States that a search looks through: that of the place, those with places in reach, and those without a state if it may be online. */
export function statesFor(place, wanted, states) {
  const found = new Set([place.state]);
  if (place.y != null && isPoint(place)) {
    const up = wanted.miles / 69, side = up / Math.max(0.1, Math.cos(radians(place.y)));
    const cells = new Set();
    for (let y = Math.floor(place.y - up); y <= place.y + up; y++) {
      for (let x = Math.floor(place.x - side); x <= place.x + side; x++) cells.add(cellOf(y, x));
    }
    for (const [code, { cells: own }] of Object.entries(states)) if (own.some((cell) => cells.has(cell))) found.add(code);
  }
  if (wanted.how === "virtual") found.add("online");
  return [...found].filter((code) => states[code]);
}

/** Whether a row is where it is looked for, and how far: NO, MAYBE (it does not say which states it serves) or YES. */
function reach(row, place, wanted) {
  const serves = row.virtual === 1 && row.serves?.includes(place.state);
  if (wanted.how === "virtual" && serves) return { verdict: YES, miles: null, online: true };
  if (wanted.how === "virtual" && row.virtual === 1 && !row.serves && (row.state ?? row.home ?? place.state) === place.state) return { verdict: MAYBE, miles: null, online: true };
  if (wanted.how === "virtual" && row.virtual === 1 && !row.serves && row.home === "online") return { verdict: MAYBE, miles: null, online: true };
  if (wanted.how === "virtual" && row.virtual === 1 && row.serves) return { verdict: NO };
  const miles = place.kind !== "state" && row.y != null && place.y != null ? milesBetween(place, row) : null;
  const there =
    place.kind === "state" ? row.state === place.state
    : place.kind === "county" ? row.state === place.state && (row.fips ? row.fips === place.id : fold(row.county) === bare(place))
    : miles !== null ? miles <= wanted.miles
    : row.state === place.state && fold(place.kind === "zip" ? row.zip : row.town) === fold(place.name);
  if (there) return { verdict: YES, miles, online: false };
  // what has no address but serves the state is open to whoever is there, unless they want to go somewhere
  if (serves && row.y == null && wanted.how !== "in_person") return { verdict: YES, miles: null, online: true };
  return { verdict: NO };
}

/** What a list says of a code: stated, asked and not ticked, or nothing. */
function listed(stated, asked, code, above) {
  if (stated?.some((one) => one === code || above[one]?.includes(code))) return YES;
  return asked?.includes(code) ? UNTICKED : MAYBE;
}

function aged(row, age, ages) {
  if (row.from != null || row.to != null) return (row.from ?? 0) <= age && age <= (row.to ?? 120) ? YES : NO;
  const named = (row.populations ?? []).filter((one) => ages[one]);
  if (named.some((one) => ages[one][0] <= age && age <= ages[one][1])) return YES;
  if (named.length) return NO;
  return MAYBE;
}

const flag = (value) => (value == null ? MAYBE : value ? YES : NO);

/** Each thing asked for, with what the row says of it. */
function answers(row, wanted, { above, ages }) {
  const said = [];
  if (wanted.level) said.push(["level", row.level == null ? MAYBE : row.level === wanted.level ? YES : NO]);
  if (wanted.condition) said.push(["condition", listed(row.conditions, row.conditions_asked, wanted.condition, above.conditions)]);
  if (wanted.payer) {
    said.push(["payer", row.refused?.includes(wanted.payer) ? NO : listed(row.payers, row.payers_asked, wanted.payer, above.payers)]);
  }
  if (wanted.language) said.push(["language", listed(row.languages, row.languages_asked, wanted.language, {})]);
  if (wanted.age) said.push(["age", aged(row, wanted.age, ages)]);
  if (wanted.evening) said.push(["evening", flag(row.evening)]);
  if (wanted.how) said.push(["how", flag(row[wanted.how])]);
  return said;
}

/** Rows that say they have all that is wanted, that do not say all of it, that were asked and did not tick it; and how many say otherwise. */
export function search(rows, place, wanted, index) {
  const yes = [], maybe = [], unticked = [], seen = new Set();
  let refused = 0;
  const words = fold(wanted.name).split(" ").filter(Boolean);
  for (const row of rows) {
    const key = `${row.id}/${row.x ?? ""}/${row.y ?? ""}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const where = reach(row, place, wanted);
    if (where.verdict === NO) continue;
    if (words.length) {
      const called = ` ${fold(`${row.name ?? ""} ${row.operator ?? ""} ${row.site ?? ""}`)}`;
      if (!words.every((word) => called.includes(" " + word))) continue;
    }
    const said = answers(row, wanted, index);
    if (said.some(([what, verdict]) => verdict === NO && (what === "level" || what === "how"))) continue; // another kind of program
    if (said.some(([, verdict]) => verdict === NO)) { refused++; continue; }
    const unsaid = said.filter(([, verdict]) => verdict === MAYBE).map(([what]) => what);
    const empty = said.filter(([, verdict]) => verdict === UNTICKED).map(([what]) => what);
    if (where.verdict === MAYBE) unsaid.push("states");
    (empty.length ? unticked : unsaid.length ? maybe : yes).push({ row, miles: where.miles, online: where.online, unsaid, unticked: empty, called: fold(row.name ?? row.operator) });
  }
  const order = (a, b) => a.unsaid.length - b.unsaid.length || (a.miles ?? 1e6) - (b.miles ?? 1e6) || a.called.localeCompare(b.called);
  return { yes: yes.sort(order), maybe: maybe.sort(order), unticked: unticked.sort(order), refused };
}
