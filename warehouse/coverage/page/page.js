"use strict";
// Everything here is extra: without it tables are plain, maps stand still, and nothing is missing.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, attributes = {}, text = "") => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };
  const live = document.getElementById("live");
  const say = (text) => { live.textContent = text; };

  // Dark and light: the system's, until somebody chooses.
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const toggle = document.getElementById("theme");
  const dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const name = () => { toggle.textContent = dark() ? "Light colours" : "Dark colours"; };
  if (["dark", "light"].includes(remembered())) root.dataset.theme = remembered();
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window: for this visit alone */ }
    name();
  });
  system.addEventListener("change", name);
  name();

  // Permalinks: also copied, where the browser lets us.
  for (const link of all("a.permalink")) {
    if (navigator.clipboard) link.textContent = "Copy link";
    link.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(link.href);
        say("Link copied");
        const before = link.textContent;
        link.textContent = "Copied";
        link.addEventListener("blur", () => { link.textContent = before; }, { once: true });
        link.addEventListener("pointerleave", () => { link.textContent = before; }, { once: true });
      } catch { /* the address bar has it */ }
    });
  }

  // Tables: sorted by value; what is not known stands last, whichever way.
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const value = (row, n) => {
    const cell = row.cells[n];
    if (cell.classList.contains("nothing")) return null;
    return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : words.compare(a, b));
  for (const table of all("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const original = [...body.rows];
    heads.forEach((head, n) => {
      if (head.dataset.plain !== undefined) return;
      const button = make("button", { class: "sorter", type: "button" });
      const inner = make("span");
      inner.append(...head.childNodes);
      button.append(inner);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.classList.contains("number") ? "descending" : "ascending";
        const second = first === "ascending" ? "descending" : "ascending";
        const way = head.getAttribute("aria-sort") === first ? second : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", way);
        const sign = way === "ascending" ? 1 : -1;
        const keyed = original.map((row) => [value(row, n), row]);
        keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b)));
        body.append(...keyed.map(([, row]) => row));
        say(`Sorted by ${inner.textContent.trim()}, ${way}`);
      });
    });
  }

  // A box over each long table: rows that hold all the words.
  for (const box of all(".filter")) {
    const table = document.getElementById(box.dataset.table);
    const rows = [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
    const input = box.querySelector("input");
    const output = box.querySelector("output");
    const apply = () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        row.hidden = !wanted.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      output.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    };
    input.addEventListener("input", apply);
    box.hidden = false;
    apply();
  }

  // Maps: one tab stop each, arrows move to the next area that way, Escape closes. Titles become our own tooltips.
  const tip = make("div", { class: "tip", hidden: "", "aria-hidden": "true" });
  document.body.append(tip);
  let told = null;
  const hide = () => { tip.hidden = true; told = null; };
  const show = (part) => {
    told = part;
    tip.textContent = part.getAttribute("aria-label");
    tip.hidden = false;
    const at = part.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const left = at.left + at.width / 2 - own.width / 2;
    const top = at.top + Math.min(at.height / 2, 60) - own.height - 14;
    tip.style.left = `${Math.max(6, Math.min(left, innerWidth - own.width - 6))}px`;
    tip.style.top = `${top < 6 ? Math.min(at.top + at.height / 2 + 18, innerHeight - own.height - 6) : top}px`;
  };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", () => { if (told) show(told); }, { passive: true, capture: true });
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  for (const map of all("svg.map")) {
    const parts = all("[data-part]", map);
    if (!parts.length) continue;
    for (const part of parts) {
      const title = part.querySelector("title");
      part.setAttribute("aria-label", title.textContent);
      title.remove();
      part.setAttribute("tabindex", "-1");
    }
    parts[0].setAttribute("tabindex", "0");
    const centre = (part) => {
      const box = part.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    };
    const above = map.querySelector(".raised");
    const mark = (part) => {
      all(".here", map).forEach((other) => other.classList.remove("here"));
      above?.removeAttribute("href");
      if (!part) return;
      part.classList.add("here");
      above?.setAttribute("href", (part.querySelector("use") || part).getAttribute("href"));
      show(part);
    };
    const next = (from, [dx, dy]) => {
      const [x, y] = centre(from);
      let best = null, least = Infinity;
      for (const part of parts) {
        if (part === from) continue;
        const [px, py] = centre(part);
        const along = (px - x) * dx + (py - y) * dy;
        const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
        if (along > 0.5 && along + 2.2 * aside < least) { least = along + 2.2 * aside; best = part; }
      }
      return best;
    };
    const go = (from, to) => {
      from.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus({ preventScroll: false });
    };
    const part = (event) => event.target.closest("[data-part]");
    map.addEventListener("keydown", (event) => {
      const from = part(event);
      if (!from) return;
      const to = ways[event.key] ? next(from, ways[event.key])
        : event.key === "Home" ? parts[0] : event.key === "End" ? parts.at(-1) : null;
      if (ways[event.key] || to) event.preventDefault();
      if (to) go(from, to);
    });
    map.addEventListener("focusin", (event) => { if (part(event)) mark(part(event)); });
    map.addEventListener("focusout", () => { mark(null); hide(); });
    map.addEventListener("pointerover", (event) => { if (part(event)) mark(part(event)); });
    map.addEventListener("pointerout", () => { mark(null); hide(); });
    map.addEventListener("click", (event) => { if (part(event)) mark(part(event)); });

    // Closer, where sites crowd: the frame gets smaller, marks keep their size.
    const buttons = map.parentElement.querySelector(".zoom");
    if (!buttons) continue;
    const [, , width, height] = map.getAttribute("viewBox").split(" ").map(Number);
    let x = width / 2, y = height / 2, times = 1;
    const bar = map.querySelector(".scale-bar");
    const lengths = all("text", bar).map((text) => text.textContent);
    const small = matchMedia("(max-width: 40rem)");
    const [out, into, whole] = buttons.querySelectorAll("button");
    const draw = () => {
      const w = width / times, h = height / times;
      x = Math.max(w / 2, Math.min(width - w / 2, x));
      y = Math.max(h / 2, Math.min(height - h / 2, y));
      map.setAttribute("viewBox", `${x - w / 2} ${y - h / 2} ${w} ${h}`);
      map.style.setProperty("--mark", (small.matches ? 2 : 1) / times ** 0.8);
      map.style.setProperty("--dot", 1 / times ** 0.6);
      bar.setAttribute("transform", `translate(${x - w / 2} ${y - h / 2}) scale(${1 / times})`);
      bar.querySelectorAll("text").forEach((text, n) => { text.textContent = lengths[n].replace(/[\d.]+/, (was) => +(was / times).toFixed(1)); });
      map.classList.toggle("zoomed", times > 1);
      out.disabled = whole.disabled = times === 1;
      into.disabled = times >= 16;
      hide();
    };
    const [crowdX, crowdY] = (buttons.dataset.busiest || `${x} ${y}`).split(" ").map(Number);
    const zoom = (by) => {
      if (times === 1) [x, y] = [crowdX, crowdY];
      times = Math.max(1, Math.min(16, times * by));
      draw();
    };
    map.addEventListener("focusin", (event) => {
      if (times === 1 || !part(event)) return;
      const at = part(event).transform.baseVal[0].matrix;
      [x, y] = [at.e, at.f];
      draw();
      show(part(event));
    });
    out.addEventListener("click", () => zoom(0.5));
    into.addEventListener("click", () => zoom(2));
    whole.addEventListener("click", () => { times = 1; draw(); });
    small.addEventListener("change", draw);
    let from = null;
    map.addEventListener("pointerdown", (event) => { if (times > 1) from = [event.clientX, event.clientY, x, y]; });
    addEventListener("pointerup", () => { from = null; });
    map.addEventListener("pointermove", (event) => {
      if (!from) return;
      const per = width / times / map.clientWidth;
      x = from[2] - (event.clientX - from[0]) * per;
      y = from[3] - (event.clientY - from[1]) * per;
      draw();
    });
    buttons.hidden = false;
    draw();
  }

  // Print: all that can be opened is open; afterwards as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((one) => { one.open = false; }); });

  // Which part is being read.
  const entries = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((changes) => {
    for (const change of changes) {
      if (!change.isIntersecting) continue;
      entries.forEach((link) => link.removeAttribute("aria-current"));
      entries.get(change.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -75% 0px" });
  all("main > section").forEach((section) => seen.observe(section));
})();
