
// The file is complete without this script, which hides and sorts what is there.
"use strict";
(() => {
  const form = document.getElementById("filter");
  const status = document.getElementById("shown");
  const table = document.getElementById("people");
  const lower = (element) => element.textContent.toLowerCase();

  // The rows of a large file are looked at once, before the first filter.
  let known;
  function look() {
    if (known) return known;
    const people = [...table.tBodies[0].rows].map((tr, order) => ({
      tr, order, text: lower(tr.cells[0]), name: lower(tr.querySelector("b")),
      address: tr.querySelector("small") ? lower(tr.querySelector("small")) : lower(tr.querySelector("b")),
      groups: Number(tr.dataset.n),
    }));
    const groups = [...document.querySelectorAll(".group")].map((section) => ({
      section, text: lower(section.querySelector("h3")), provider: section.dataset.provider,
      rows: [...section.querySelector("tbody").rows].map((tr) => ({ tr, person: people[tr.dataset.p], words: tr.className.split(" ") })),
    }));
    const links = [...document.querySelectorAll(".columns li")];
    known = { people, groups, links };
    return known;
  }

  const show = (element, on) => { if (element.hidden === on) element.hidden = !on; };
  const marks = { changes: ["new", "changed", "gone"] };

  function matches(row, role, mark) {
    const is = (word) => row.words.includes(word);
    if (role === "member" && ["owner", "manager", "other"].some(is)) return false;
    if (role && role !== "member" && !is(role)) return false;
    return !mark || (marks[mark] || [mark]).some(is);
  }

  function filter() {
    const { people, groups, links } = look();
    const want = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    const person = want.person.toLowerCase(), group = want.group.toLowerCase();
    for (const p of people) {
      p.shown = false;
      p.found = p.text.includes(person);
    }
    let rows = 0, all = 0, shownGroups = 0;
    groups.forEach((g, at) => {
      const found = g.text.includes(group) && (!want.provider || g.provider === want.provider);
      g.shown = false;
      for (const row of g.rows) {
        const on = found && row.person.found && matches(row, want.role, want.mark);
        show(row.tr, on);
        all++;
        if (!on) continue;
        rows++;
        row.person.shown = g.shown = true;
      }
      show(g.section, g.shown);
      show(links[at], g.shown);
      if (g.shown) shownGroups++;
    });
    let shownPeople = 0;
    for (const p of people) {
      show(p.tr, p.shown);
      if (p.shown) shownPeople++;
    }
    if (table.classList.contains("matrix")) {
      for (const tr of table.rows) groups.forEach((g, at) => show(tr.cells[at + 1], g.shown));
    }
    status.textContent = rows === all ? "" : "Filtered: " + rows + " of " + all + " memberships, " + shownPeople + " of " + people.length + " people, " + shownGroups + " of " + groups.length + " groups.";
  }

  const orders = {
    name: (a, b) => a.name.localeCompare(b.name) || a.order - b.order,
    address: (a, b) => a.address.localeCompare(b.address) || a.order - b.order,
    groups: (a, b) => b.groups - a.groups || a.order - b.order,
  };

  function sort() {
    const order = orders[form.elements.sort.value] || ((a, b) => a.order - b.order);
    table.tBodies[0].append(...[...look().people].sort(order).map((p) => p.tr));
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
