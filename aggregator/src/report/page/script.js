"use strict";
(() => {
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const holder = target && target.closest("details");
    if (holder && !holder.open) { holder.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();

  const table = document.getElementById("nodes-table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const filter = document.getElementById("nodes-filter");
  const state = document.getElementById("nodes-state");
  const count = document.getElementById("nodes-count");
  const told = new Intl.NumberFormat("en");

  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = (!state.value || row.dataset.state === state.value)
        && words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = `${told.format(shown)} of ${told.format(rows.length)} nodes shown`;
  };
  filter.addEventListener("input", show);
  state.addEventListener("change", show);
  document.getElementById("nodes-controls").hidden = false;
  show();

  const order = new Intl.Collator("en", { numeric: true });
  const heads = [...table.tHead.rows[0].cells];
  const sort = (head, column) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    const numbers = head.dataset.sort === "number";
    const key = (row) => {
      const cell = row.cells[column];
      return numbers ? (cell.dataset.v === undefined ? null : Number(cell.dataset.v)) : cell.textContent;
    };
    const keyed = rows.map((row, index) => [key(row), index, row]);
    keyed.sort(([a, i], [b, j]) => {
      // What is unknown comes last, however the others are ordered.
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      const by = numbers ? a - b : order.compare(a, b);
      return (up ? by : -by) || i - j;
    });
    body.append(...keyed.map(([, , row]) => row));
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, column));
    head.replaceChildren(button);
  });
})();
