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
    if (cell.classList.contains("number")) return Number(cell.dataset.v ?? cell.firstChild.textContent.replaceAll(",", ""));
    return cell.dataset.t ?? cell.textContent.trim();
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

  // Tables: rows that hold all words of the box over them and are of the chosen county; the edge tells where there is more.
  const narrow = matchMedia("(max-width: 40rem)");
  const tables = all("table.sortable").map((table) => {
    const held = table.closest(".held"), scroll = held.firstElementChild, foot = held.nextElementSibling;
    const [input, output] = ["input", "output"].map((of) => table.closest(".item").querySelector(`.filter ${of}`));
    const heads = [...table.tHead.rows[0].cells];
    const at = heads.findIndex((head) => head.dataset.county !== undefined);
    const rows = [...table.tBodies[0].rows].map((row) => ({
      row, text: row.textContent.toLowerCase(), county: at < 0 ? "" : row.cells[at].textContent.trim(),
    }));
    let county = "";
    const only = make("p", { class: "only", hidden: "" });
    const none = make("p", { class: "none", hidden: "" }, "No row has that. ");
    const clear = make("button", { class: "quiet", type: "button" }, "Clear");
    none.append(clear);
    held.before(only);
    held.append(none);
    const apply = () => {
      const wanted = (input ? input.value : "").toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, text, county: of } of rows) {
        row.hidden = (county && of !== county) || !wanted.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      none.hidden = shown > 0;
      only.hidden = !county;
      only.textContent = `Only ${county}: ${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows.`;
      if (output) output.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    };
    clear.addEventListener("click", () => {
      county = "";
      if (input) input.value = "";
      apply();
      (input || scroll).focus();
    });
    if (input) {
      input.addEventListener("input", apply);
      input.parentElement.hidden = false;
      apply();
    }

    if (scroll.classList.contains("long")) {
      const button = make("button", { class: "quiet", type: "button", "aria-expanded": "false" });
      const close = (closed) => {
        scroll.classList.toggle("closed", closed);
        button.setAttribute("aria-expanded", String(!closed));
        button.textContent = closed ? `Show all ${rows.length.toLocaleString("en")} rows` : "Show fewer rows";
      };
      button.addEventListener("click", () => {
        close(!scroll.classList.contains("closed"));
        if (scroll.classList.contains("closed")) held.scrollIntoView({ block: "nearest" });
      });
      foot.prepend(button);
      close(true);
    }

    const hint = make("span", { class: "hint", hidden: "" }, "More columns to the side: the table scrolls.");
    foot.prepend(hint);
    const cue = () => {
      const { scrollLeft: x, scrollTop: y, clientWidth: w, clientHeight: h, scrollWidth, scrollHeight } = scroll;
      held.classList.toggle("more-left", x > 1);
      held.classList.toggle("more-right", x + w < scrollWidth - 1);
      held.classList.toggle("more-below", y + h < scrollHeight - 1);
      hint.hidden = scrollWidth <= w + 1;
    };
    scroll.addEventListener("scroll", cue, { passive: true });
    const watch = new ResizeObserver(cue);
    watch.observe(scroll);
    watch.observe(table);

    // On a narrow screen what stands before the numbers goes under the first column.
    const beneath = heads.flatMap((head, n) => (head.dataset.join === undefined ? [] : [n]));
    let done = !beneath.length;
    const join = () => {
      if (done || !narrow.matches) return;
      done = true;
      for (const n of beneath) heads[n].classList.add("joined");
      for (const { row: { cells } } of rows) {
        const said = make("span", { class: "with" });
        for (const n of beneath) {
          if (said.firstChild) said.append(" · ");
          said.append(...cells[n].cloneNode(true).childNodes);
          cells[n].classList.add("joined");
        }
        cells[0].dataset.t = cells[0].textContent.trim();
        cells[0].append(said);
      }
    };
    narrow.addEventListener("change", join);
    join();
    const counties = at < 0 ? [] : rows.map((one) => one.county);
    return { id: table.closest(".item").id, counties, show: (name) => { county = name; apply(); } };
  }).filter((table) => table.counties.length);

  // One county: in all tables that have a column of counties.
  const names = [...new Set(tables.flatMap((table) => table.counties))].sort(words.compare);
  const picker = document.querySelector(".picker");
  const [choice, chosen] = [picker.querySelector("select"), picker.querySelector("p")];
  picker.hidden = names.length < 2;
  choice.append(...names.map((name) => make("option", { value: name }, name)));
  choice.addEventListener("change", () => {
    tables.forEach((table) => table.show(choice.value));
    chosen.textContent = "";
    if (!choice.value) return;
    chosen.append(`Tables that show ${choice.value} alone: ${tables.length}. `, make("a", { href: `#${tables[0].id}` }, "To the first"));
  });
  choice.value = "";

  // What is folded opens for who follows a link to it.
  const reveal = (hash) => {
    const fold = hash.length > 1 && document.getElementById(hash.slice(1))?.closest("details.fold");
    if (!fold || fold.open) return;
    fold.open = true;
    fold.scrollIntoView();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link) reveal(link.getAttribute("href"));
  });
  addEventListener("hashchange", () => reveal(location.hash));
  reveal(location.hash);

  // Maps: one tab stop each, arrows move to the next area that way, Escape closes. Titles become our own tooltips.
  const tip = make("div", { class: "tip", hidden: "", "aria-hidden": "true" });
  document.body.append(tip);
  let told = null;
  const hide = () => { tip.hidden = true; told = null; };
  const show = (part, said = part.getAttribute("aria-label")) => {
    told = part;
    tip.textContent = said;
    tip.hidden = false;
    const at = part.getBoundingClientRect();
    const own = tip.getBoundingClientRect();
    const left = at.left + at.width / 2 - own.width / 2;
    const top = at.top + Math.min(at.height / 2, 60) - own.height - 14;
    tip.style.left = `${Math.max(6, Math.min(left, innerWidth - own.width - 6))}px`;
    tip.style.top = `${top < 6 ? Math.min(at.top + at.height / 2 + 18, innerHeight - own.height - 6) : top}px`;
  };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", () => { if (told) show(told, tip.textContent); }, { passive: true, capture: true });
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
    const mark = (part, said) => {
      all(".here", map).forEach((other) => other.classList.remove("here"));
      above?.removeAttribute("href");
      if (!part) return;
      part.classList.add("here");
      above?.setAttribute("href", (part.querySelector("use") || part).getAttribute("href"));
      show(part, said);
    };
    // Sites stand close: all that the pointer is on are told, one a line.
    const under = (part, { clientX, clientY }) => {
      if (!part.closest(".sites")) return undefined;
      const others = parts.filter((other) => {
        const { left, right, top, bottom } = other.getBoundingClientRect();
        return other !== part && clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
      });
      const said = [part, ...others].map((one) => one.getAttribute("aria-label"));
      return said.slice(0, 8).join("\n") + (said.length > 8 ? `\nand ${said.length - 8} more` : "");
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
    map.addEventListener("pointerover", (event) => { if (part(event)) mark(part(event), under(part(event), event)); });
    map.addEventListener("pointerout", () => { mark(null); hide(); });
    map.addEventListener("click", (event) => { if (part(event)) mark(part(event), under(part(event), event)); });

    // Closer, where sites crowd: the frame gets smaller, marks keep their size.
    const buttons = map.parentElement.querySelector(".zoom");
    if (!buttons) continue;
    const [, , width, height] = map.getAttribute("viewBox").split(" ").map(Number);
    let x = width / 2, y = height / 2, times = 1;
    const bar = map.querySelector(".scale-bar");
    const lengths = all("text", bar).map((text) => text.textContent);
    const [out, into, whole] = buttons.querySelectorAll("button");
    const draw = () => {
      const w = width / times, h = height / times;
      x = Math.max(w / 2, Math.min(width - w / 2, x));
      y = Math.max(h / 2, Math.min(height - h / 2, y));
      map.setAttribute("viewBox", `${x - w / 2} ${y - h / 2} ${w} ${h}`);
      map.style.setProperty("--mark", (narrow.matches ? 2 : 1) / times ** 0.8);
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
    narrow.addEventListener("change", draw);
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
