// SPDX-License-Identifier: GPL-3.0-or-later
// What a page can do only with a script: filter, sort and copy. Without it everything is still there to read.
"use strict";
(() => {
  const table = document.querySelector("table.overview");
  if (table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const tools = document.querySelector(".tools");
    const box = tools.querySelector("input[type=search]");
    const ticks = [...tools.querySelectorAll("input[type=checkbox]")];
    const told = tools.querySelector("output");
    const show = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = new Set(ticks.filter((tick) => tick.checked).map((tick) => tick.value));
      let count = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !wanted.has(row.dataset.verdict) || !words.every((word) => text.includes(word));
        count += row.hidden ? 0 : 1;
      }
      told.value = count === rows.length ? `${count} tunnels` : `${count} of ${rows.length} tunnels`;
    };
    box.addEventListener("input", show);
    ticks.forEach((tick) => tick.addEventListener("change", show));
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.hidden = false;
    show();
    for (const [place, head] of [...table.tHead.rows[0].cells].entries()) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[place].dataset.key ?? row.cells[place].textContent.trim();
        const sorted = rows.slice().sort((a, b) => key(a).localeCompare(key(b), "en", { numeric: true }));
        body.append(...(down ? sorted.reverse() : sorted));
      });
    }
  }
  const open = (id) => {
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", () => open(decodeURIComponent(location.hash.slice(1))));
  open(decodeURIComponent(location.hash.slice(1)));
  addEventListener("beforeprint", () => document.querySelectorAll("details.card").forEach((each) => (each.open = true)));
  for (const block of navigator.clipboard ? document.querySelectorAll("pre.copy") : []) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${block.getAttribute("aria-label")}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    block.before(button);
  }
})();
