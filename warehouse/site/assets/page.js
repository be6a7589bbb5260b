// The search page: form, completion of places, results. What is wanted stands in the address after `#`, which no server is sent.

import { index, places, readFrom, shard } from "./data.js";
import { drawMap } from "./map.js";
import { bare, fold, isPoint, lettersOf, rankPlaces, readPlace, search, statesFor } from "./search.js";

const words = JSON.parse(document.getElementById("words").textContent);
const form = document.getElementById("search");
const status = document.getElementById("status");
const results = document.getElementById("results");
const FIELDS = ["place", "level", "condition", "payer", "age", "how", "language", "distance", "name"];
const PAGE = 20;

const filled = (text, names) => text.replace(/\{(\w+)\}/g, (_, name) => names[name]);
const say = (key, names = {}) => filled(words.search[key], names);
const counted = (key, n) => say(n === 0 ? `${key}_0` : n === 1 ? `${key}_1` : `${key}_n`, { n: n.toLocaleString("en-US") });

function made(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.filter((one) => one !== null && one !== ""));
  return element;
}

/* What is asked for: the form, and the address that keeps it. */

function wantedOf(fields) {
  return {
    level: fields.level, condition: fields.condition, payer: fields.payer, language: fields.language, how: fields.how, name: fields.name,
    age: Number(fields.age) || 0, evening: Boolean(fields.evening), miles: Number(fields.distance) || 25,
  };
}

function readForm() {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()]));
  return { ...fields, evening: form.elements.evening.checked ? "1" : "" };
}

function fillForm(fields) {
  for (const name of FIELDS) form.elements[name].value = fields.get(name) ?? (name === "distance" ? "25" : "");
  form.elements.evening.checked = fields.get("evening") === "1";
  if (["how", "language", "name", "evening", "distance"].some((name) => fields.get(name))) form.querySelector("details").open = true;
}

/* Places */

/** Places that what is typed may mean: a state, and towns that are called as it is. */
async function candidates(typed) {
  const read = readPlace(typed, words.states);
  if (!read.name && !read.state) return [];
  const state = read.name ? [] : [{ kind: "state", name: words.states[read.state], shown: words.states[read.state], state: read.state, off: 0 }];
  const wanted = read.name ? read : { name: fold(typed), state: null, county: false };
  const files = await Promise.all(lettersOf(wanted.name).map(places));
  const found = rankPlaces(files.flat(), wanted);
  return state.length ? [...state, ...found.filter((place) => place.off === 0)] : found;
}

/** One place, or those among which people should choose: a town goes before the county of its name. */
async function settle(typed) {
  const found = await candidates(typed);
  const best = found.filter((place) => place.off === found[0].off);
  const different = new Set(best.map((place) => `${bare(place)}/${place.state}/${place.kind === "state"}`));
  return different.size === 1 ? { place: best[0] } : { choices: found };
}

/* Completion: the pattern "combobox" of the ARIA Authoring Practices. */

const field = document.getElementById("place"), list = document.getElementById("places");
let typing = 0;

function closeList() {
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function choose(name) {
  field.value = name;
  closeList();
}

async function complete() {
  const asked = ++typing;
  const typed = field.value;
  let found = [];
  try {
    if (fold(typed).length > 1) found = await candidates(typed);
  } catch { /* the search itself tells of what cannot be loaded */ }
  if (asked !== typing) return;
  list.replaceChildren(...found.map((place, n) =>
    made("span", { role: "option", id: `place-${n}`, "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); choose(place.shown); } }, place.shown)));
  const open = found.length > 0 && !(found.length === 1 && found[0].shown === typed);
  list.hidden = !open;
  field.setAttribute("aria-expanded", String(open));
}

function move(step) {
  const options = [...list.children];
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = (at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length;
  options.forEach((one, n) => one.setAttribute("aria-selected", String(n === next)));
  options[next].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", options[next].id);
}

field.addEventListener("input", complete);
field.addEventListener("blur", closeList);
field.addEventListener("keydown", (event) => {
  if (list.hidden) return;
  const selected = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") move(1);
  else if (event.key === "ArrowUp") move(-1);
  else if (event.key === "Enter" && selected) choose(selected.textContent);
  else if (event.key === "Escape") closeList();
  else return;
  event.preventDefault();
});

/* Results */

const day = (days) => {
  const date = new Date(days * 864e5);
  return filled(words.date, { day: date.getUTCDate(), month: words.months[date.getUTCMonth()], year: date.getUTCFullYear() });
};

const phone = (number) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
const clock = (_, hour, minute) => `${hour % 12 || 12}:${minute} ${hour >= 12 ? words.pm : words.am}`;
const sessions = (text) => text.replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su)\b/g, (name) => words.days[name]).replace(/(\d\d):(\d\d)/g, clock);

function span(from, to) {
  if (from == null && to == null) return "";
  const key = to == null ? "and_more" : from == null ? "up_to" : "between";
  return say("ages", { ages: filled(words.spans[key], { low: from, high: to }) });
}

function distance({ miles, row, online }) {
  if (online) return words.search.in_line;
  if (miles === null) return "";
  const n = miles < 10 ? miles.toFixed(1) : Math.round(miles);
  return say(row.precision === "address" ? "away" : "about_point", { n });
}

function card(found) {
  const { row, unsaid, unticked } = found;
  const name = row.name ?? row.site ?? row.operator ?? words.unnamed;
  const facts = [row.sessions ? sessions(row.sessions) : "", span(row.from, row.to), row.virtual === 1 && !found.online ? words.search.in_line : "", words.accepting[row.accepting] ?? ""];
  const old = words.alert[row.freshness];
  return made("li", { class: "card" },
    made("h3", {}, made("a", { href: `p/${row.id.slice(0, 2)}/svc_${row.id}.html` }, name)),
    made("p", { class: "level" }, [words.levels[row.level] ?? "", row.operator !== name ? row.operator : ""].filter(Boolean).join(" · ")),
    made("p", {}, [[row.town, row.state].filter(Boolean).join(", "), distance(found)].filter(Boolean).join(" · ")),
    ...facts.filter(Boolean).map((fact) => made("p", {}, fact)),
    old ? made("p", { class: "mark" }, filled(old, { date: day(row.day) })) : null,
    ...[["not_stated", unsaid], ["not_ticked", unticked]].filter(([, whats]) => whats.length).map(([key, whats]) =>
      made("p", { class: "unsaid" }, say(key, { what: whats.map((what) => words.ask[what]).join(", ") }))),
    row.phone ? made("p", {}, made("a", { class: "button", href: `tel:${row.phone.split(";")[0]}` }, filled(words.call, { phone: phone(row.phone) }))) : null);
}

/** A list that shows some at first, and more when asked. */
function cards(found) {
  const box = made("ul", { class: "cards" });
  const more = made("button", { type: "button", onclick: () => show() }, words.search.show_more);
  const whole = made("div", {}, box, more);
  const show = () => {
    const start = box.children.length;
    box.append(...found.slice(start, start + PAGE).map(card));
    more.hidden = box.children.length >= found.length;
    if (start) box.children[start].querySelector("a").focus();
  };
  show();
  whole.showUpTo = (n) => {
    while (box.children.length <= n) show();
    return box.children[n];
  };
  return whole;
}

function choices(found) {
  return made("ul", { class: "choices" }, ...found.map((place) =>
    made("li", {}, made("button", { type: "button", onclick: () => { field.value = place.shown; go(); } }, place.shown))));
}

function heading(place, wanted) {
  if (wanted.how === "virtual") return say("serving", { place: words.states[place.state] });
  return isPoint(place) ? say("around", { miles: wanted.miles, place: place.shown }) : say("within", { place: place.shown });
}

/** A group of programs that can be opened, its cards, and which of all dots are its own. */
function group(key, found, open) {
  if (!found.length) return null;
  const whole = cards(found);
  const box = made("details", { class: "maybe", open }, made("summary", {}, counted(key, found.length)), made("p", { class: "help" }, words.search[`${key}_help`]), whole);
  box.showUpTo = whole.showUpTo;
  return box;
}

function show(place, wanted, { yes, maybe, unticked, refused }, file) {
  const title = made("h2", { tabindex: "-1" }, heading(place, wanted));
  const asked = ["condition", "payer", "language", "age", "evening"].some((name) => wanted[name]);
  const told = counted(asked ? "found" : "place", yes.length);
  const near = isPoint(place);
  const wider = [50, 100].find((miles) => miles > wanted.miles);
  const all = [...yes, ...maybe, ...unticked];
  const groups = [[yes, cards(yes)], [maybe, group("maybe", maybe, yes.length === 0)], [unticked, group("unticked", unticked, yes.length + maybe.length === 0)]];
  const open = (n) => {
    let at = n;
    const [, box] = groups.find(([found]) => at < found.length || ((at -= found.length), false));
    const one = box.showUpTo(at);
    one.closest("details")?.setAttribute("open", "");
    one.scrollIntoView({ block: "center" });
    one.querySelector("a").focus();
  };
  const drawn = file.map && all.some(({ row }) => row.y != null)
    ? made("figure", { class: "map" }, drawMap(file.map, `${words.maps}${place.state.toLowerCase()}.svg`, place, all, words.search.map, open)) : null;
  results.replaceChildren(
    title,
    made("p", { class: "lead" }, told),
    drawn ?? "",
    made("p", { class: "help" }, [near && all.length ? words.search.sorted : "", drawn && all.length > yes.length ? words.search.hollow : ""].filter(Boolean).join(" ")),
    ...groups.map(([, box]) => box ?? ""),
    refused ? made("p", { class: "help" }, counted("refused", refused)) : "",
    near && wider && yes.length < 10 ? made("p", {}, made("button", { type: "button", onclick: () => { form.elements.distance.value = String(wider); go(); } }, say("wider", { miles: wider }))) : "");
  results.hidden = false;
  status.textContent = told;
  title.focus({ preventScroll: true });
  title.scrollIntoView();
}

function tell(text, ...more) {
  status.textContent = text;
  results.replaceChildren(made("p", { class: "note" }, text), ...more);
  results.hidden = false;
}

let running = 0;

async function run() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const turn = ++running;
  if (!asked.get("place")) {
    results.hidden = true;
    status.textContent = "";
    return;
  }
  fillForm(asked);
  tell(words.search.working);
  try {
    const { place, choices: several } = await settle(asked.get("place"));
    if (turn !== running) return;
    if (!place && !several.length) return tell(say("no_place", { place: asked.get("place") }));
    if (!place) return tell(words.search.which, choices(several));
    const wanted = wantedOf(Object.fromEntries(asked));
    const about = await index();
    const codes = statesFor(place, wanted, about.states);
    const files = await Promise.all(codes.map(shard));
    if (turn !== running) return;
    show(place, wanted, search(files.flatMap((file) => file.rows), place, wanted, about), files[codes.indexOf(place.state)] ?? {});
  } catch (error) {
    if (turn !== running) return;
    tell(words.search.failed);
    console.warn(String(error));
  }
}

function go() {
  closeList();
  const fields = readForm();
  if (!fields.place) {
    tell(words.search.want_place);
    return field.focus();
  }
  const hash = "#" + new URLSearchParams(Object.entries(fields).filter(([name, value]) => value && !(name === "distance" && value === "25")));
  if (location.hash === hash) run();
  else location.hash = hash;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});
form.addEventListener("reset", () => { history.replaceState(null, "", location.pathname); results.hidden = true; status.textContent = ""; field.focus(); });
window.addEventListener("hashchange", run);

readFrom(words.data);
form.hidden = false;
run();
