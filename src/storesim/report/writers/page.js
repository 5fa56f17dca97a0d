"use strict";
// The page is complete without this: it only adds sorting, and the values of single days under a picture.
(() => {
  const number = (cell) => (cell && cell.dataset.v !== undefined ? Number(cell.dataset.v) : NaN);
  const compare = (column, sign) => (one, other) => {
    const a = one.cells[column], b = other.cells[column], x = number(a), y = number(b);
    if (Number.isNaN(x) && Number.isNaN(y)) return sign * a.textContent.localeCompare(b.textContent, document.documentElement.lang);
    if (Number.isNaN(x)) return 1;
    return Number.isNaN(y) ? -1 : sign * (x - y);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = table.tHead.rows[table.tHead.rows.length - 1].cells;
    for (const head of heads) {
      const button = document.createElement("button");
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const descending = head.getAttribute("aria-sort") !== "descending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows];
        const body = rows.filter((row) => !row.classList.contains("total"));
        const totals = rows.filter((row) => row.classList.contains("total"));
        table.tBodies[0].append(...body.sort(compare(head.cellIndex, descending ? -1 : 1)), ...totals);
      });
    }
  }
  for (const figure of document.querySelectorAll("figure[data-days]")) {
    const days = JSON.parse(figure.dataset.days);
    const svg = figure.querySelector("svg");
    const box = svg.viewBox.baseVal;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    const readout = document.createElement("p");
    readout.className = "readout";
    readout.setAttribute("aria-live", "polite");
    figure.querySelector(".picture").after(readout);
    line.setAttribute("class", "cursor");
    line.setAttribute("y1", "0");
    line.setAttribute("y2", String(box.height));
    const money = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
    const n = days.values[0].length;
    let shown = -1;
    const show = (day) => {
      shown = Math.max(0, Math.min(n - 1, day));
      const x = String(box.width * (days.left + ((days.right - days.left) * (shown + 0.5)) / n));
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      svg.append(line);
      const date = new Date(Date.parse(days.start) + shown * 86400000).toISOString().slice(0, 10);
      const values = days.names.map((name, i) => `${name} ${days.values[i][shown] === null ? "–" : days.sign + money.format(days.values[i][shown])}`);
      readout.textContent = `${date}   ${values.join("   ")}`;
    };
    svg.addEventListener("pointermove", (event) => {
      const place = svg.getBoundingClientRect();
      const across = (event.clientX - place.left) / place.width;
      show(Math.floor(((across - days.left) / (days.right - days.left)) * n));
    });
    svg.addEventListener("pointerleave", () => { line.remove(); readout.textContent = ""; });
    figure.tabIndex = 0;
    figure.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      event.preventDefault();
      show(shown + (event.key === "ArrowRight" ? 1 : -1));
    });
  }
})();
