
// The file is complete without this script, which hides and sorts what is there.
"use strict";
(() => {
  const form = document.getElementById("filter");
  const status = document.getElementById("shown");
  const list = document.getElementById("people"); // rows of the matrix, or entries of a list
  const matrix = list.closest("table");
  const lower = (element) => element.textContent.toLowerCase();
  const show = (element, on) => { if (element.hidden === on) element.hidden = !on; };

  const people = [...list.children].map((tr, order) => ({ tr, order, groups: Number(tr.dataset.n), shown: true }));
  const groups = [...document.querySelectorAll(".group")].map((section) => ({ section, shown: true, provider: section.dataset.provider, source: section.querySelector("noscript") }));
  const links = [...document.querySelectorAll(".columns li")];

  // The table of a group is the text of its noscript element, with a line for each row. No
  // name can begin such a line, because < never stands in one.
  function make(g) {
    if (!g.source) return;
    const template = document.createElement("template");
    template.innerHTML = g.source.textContent;
    g.table = template.content.querySelector("tbody");
    g.source.replaceWith(template.content);
    g.source = null;
    if (g.rows) g.rows.forEach((row, at) => show(g.table.rows[at], row.shown));
  }
  const makeAll = () => groups.forEach(make);

  // look reads the texts and rows once, before the first filter.
  let looked = false;
  function look() {
    if (looked) return;
    looked = true;
    for (const p of people) {
      const address = p.tr.querySelector("small");
      p.text = lower(p.tr.querySelector(".who"));
      p.name = lower(p.tr.querySelector("b"));
      p.address = address ? lower(address) : p.name;
    }
    for (const g of groups) {
      g.text = lower(g.section.querySelector("h3"));
      const source = g.source ? g.source.textContent.matchAll(/^<tr data-p=(\d+)(?: class="([^"]*)")?>/gm) : [...g.table.rows].map((tr) => [, tr.dataset.p, tr.className]);
      g.rows = Array.from(source, ([, person, words]) => ({ person: people[person], words: (words || "").split(" "), shown: true }));
    }
  }

  if (!document.body.classList.contains("large")) {
    look();
    makeAll();
  } else {
    const near = new IntersectionObserver((entries) => {
      for (const e of entries) {
        if (!e.isIntersecting) continue;
        make(groups[e.target.id.slice(1)]);
        near.unobserve(e.target);
      }
    }, { rootMargin: "1500px" });
    for (const g of groups) near.observe(g.section);
  }
  addEventListener("beforeprint", makeAll);
  matchMedia("print").addEventListener("change", makeAll);

  const marks = { changes: ["new", "changed", "gone"] };

  function matches(row, role, mark) {
    const is = (word) => row.words.includes(word);
    if (role === "member" ? ["owner", "manager", "other"].some(is) : role && !is(role)) return false;
    return !mark || (marks[mark] || [mark]).some(is);
  }

  function filter() {
    look();
    const want = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    const person = want.person.toLowerCase(), group = want.group.toLowerCase();
    const provider = form.elements.provider.value; // a name may begin with a space
    for (const p of people) {
      p.shown = false;
      p.found = p.text.includes(person);
    }
    let rows = 0, all = 0;
    for (const g of groups) {
      const found = g.text.includes(group) && (!provider || g.provider === provider);
      g.shown = false;
      g.rows.forEach((row, at) => {
        row.shown = found && row.person.found && matches(row, want.role, want.mark);
        if (g.table) show(g.table.rows[at], row.shown);
        all++;
        if (!row.shown) return;
        rows++;
        row.person.shown = g.shown = true;
      });
    }
    groups.forEach((g, at) => {
      show(g.section, g.shown);
      show(links[at], g.shown);
    });
    for (const p of people) show(p.tr, p.shown);
    if (matrix) {
      for (const tr of matrix.rows) groups.forEach((g, at) => show(tr.cells[at + 1], g.shown));
    }
    const count = (list) => list.filter((x) => x.shown).length + " of " + list.length;
    status.textContent = rows === all ? "" : "Filtered: " + rows + " of " + all + " memberships, " + count(people) + " people, " + count(groups) + " groups.";
  }

  const orders = {
    name: (a, b) => a.name.localeCompare(b.name),
    address: (a, b) => a.address.localeCompare(b.address),
    groups: (a, b) => b.groups - a.groups,
  };

  function sort() {
    look();
    const order = orders[form.elements.sort.value] || (() => 0);
    list.append(...[...people].sort((a, b) => order(a, b) || a.order - b.order).map((p) => p.tr));
  }

  let timer = 0;
  form.addEventListener("input", (event) => {
    if (event.target.name === "sort") return sort();
    clearTimeout(timer);
    timer = setTimeout(filter, event.target.type === "search" ? 150 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { filter(); sort(); }, 0));
  form.hidden = false;
})();
