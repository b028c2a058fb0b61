"use strict";
(() => {
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const holder = target && target.closest("details");
    if (holder && !holder.open) { holder.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();

  const told = new Intl.NumberFormat("en");
  const order = new Intl.Collator("en", { numeric: true });

  const filter = (rows) => {
    const words = document.getElementById("nodes-filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const state = document.getElementById("nodes-state").value;
    let shown = 0;
    for (const row of rows) {
      // Kept until the line says something else: to gather it takes longer than to look into it.
      row.text ??= row.textContent.toLowerCase();
      row.hidden = !((!state || row.dataset.state === state) && words.every((word) => row.text.includes(word)));
      if (!row.hidden) shown += 1;
    }
    const count = `${told.format(shown)} of ${told.format(rows.length)} nodes shown`;
    const output = document.getElementById("nodes-count");
    if (output.textContent !== count) output.textContent = count;
  };

  const sort = (table, rows) => {
    const head = table.tHead.querySelector("[aria-sort]");
    const up = !head || head.getAttribute("aria-sort") === "ascending";
    const numbers = head && head.dataset.sort === "number";
    const key = (row) => {
      if (!head) return 0;
      const cell = row.cells[head.cellIndex];
      return numbers ? (cell.dataset.v === undefined ? null : Number(cell.dataset.v)) : cell.textContent;
    };
    const keyed = rows.map((row) => [key(row), row.place, row]);
    keyed.sort(([a, i], [b, j]) => {
      // What is unknown comes last, however the others are ordered.
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      const by = numbers || !head ? a - b : order.compare(a, b);
      return (up ? by : -by) || i - j;
    });
    if (keyed.every(([, , row], index) => row === rows[index])) return;
    const focused = document.activeElement;
    table.tBodies[0].append(...keyed.map(([, , row]) => row));
    if (table.contains(focused)) focused.focus({ preventScroll: true });
  };

  const show = () => {
    const table = document.getElementById("nodes-table");
    if (!table) return;
    const rows = [...table.tBodies[0].rows];
    // Where it stood when nobody had sorted yet.
    rows.forEach((row, index) => { row.place ??= index; });
    sort(table, rows);
    filter(rows);
  };

  const turn = (head) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    show();
  };

  const prepare = () => {
    const table = document.getElementById("nodes-table");
    if (!table || "own" in table.tHead.dataset) return;
    // What is made here is nobody else's to change.
    table.tHead.dataset.own = "";
    document.getElementById("nodes-count").dataset.own = "";
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => turn(head));
      head.replaceChildren(button);
    }
    document.getElementById("nodes-filter").addEventListener("input", show);
    document.getElementById("nodes-state").addEventListener("change", show);
    document.getElementById("nodes-controls").hidden = false;
  };

  const all = () => { prepare(); show(); };
  document.addEventListener("aios:changed", all);
  all();
})();
