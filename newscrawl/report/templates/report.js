"use strict";
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const found = document.getElementById("found");
  const search = document.getElementById("search");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let texts = null;

  const filter = () => {
    texts = texts || rows.map((row) => fold(row.textContent));
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, n) => {
      const match = words.every((word) => texts[n].includes(word));
      row.hidden = !match;
      shown += match;
    });
    found.textContent = words.length ? `${shown} of ${rows.length} articles` : "";
  };
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  search.closest(".tools").hidden = false;

  const collator = new Intl.Collator(undefined, { numeric: true });
  const heads = Array.from(table.tHead.rows[0].cells);
  const sort = (column, direction) => {
    const key = (row) => {
      const cell = row.cells[column];
      return (cell.querySelector("a, b") || cell).textContent.trim();
    };
    const keyed = rows.map((row) => [key(row), row]);
    keyed.sort(([a], [b]) => (!a - !b) || direction * collator.compare(a, b));
    body.append(...keyed.map(([, row]) => row));
    heads.forEach((head, n) => {
      if (n === column) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending" ? -1 : 1));
  });
})();
