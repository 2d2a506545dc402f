"use strict";
(() => {
  const frame = document.getElementById("page");
  const status = document.getElementById("status");
  const idle = status.textContent;
  let marked = [];

  const clear = () => {
    marked.forEach((element) => element.classList.remove("nc-now"));
    marked = [];
    status.textContent = idle;
  };
  const show = (selector, words) => {
    clear();
    const page = frame.contentDocument;
    if (!page) return;
    marked = Array.from(page.querySelectorAll(selector));
    marked.forEach((element) => element.classList.add("nc-now"));
    if (marked.length) marked[0].scrollIntoView({ block: "center" });
    status.textContent = marked.length ? words : `${words}: not to be seen on the page`;
  };
  const selectorOf = (field) => (field === "body" ? '[data-nc="kept"]' : `[data-nc-field~="${field}"]`);

  document.querySelectorAll("button[data-field]").forEach((button) => {
    const field = button.dataset.field;
    const row = button.closest(".field");
    const point = () => show(selectorOf(field), `${field} came from here`);
    row.addEventListener("mouseenter", point);
    row.addEventListener("mouseleave", clear);
    button.addEventListener("focus", point);
    button.addEventListener("blur", clear);
    button.addEventListener("click", point);
  });
  document.querySelectorAll("button[data-block]").forEach((button) => {
    const rule = button.querySelector(".rule").textContent;
    const words = button.dataset.words || `dropped by: ${rule}`;
    const point = () => show(`[data-nc-block="${button.dataset.block}"]`, words);
    button.addEventListener("click", point);
    button.addEventListener("focus", point);
    button.addEventListener("blur", clear);
  });

  const listen = () => {
    const page = frame.contentDocument;
    if (!page) return;
    const first = page.querySelector("[data-nc-diff]")
      || page.querySelector('[data-nc-field~="headline"], [data-nc="kept"], [data-nc="dropped"]');
    const top = window.scrollY; // the frame alone is to scroll, not the page around it
    if (first) first.scrollIntoView({ block: "center" });
    window.scrollTo(0, top);
    page.addEventListener("mouseover", (event) => {
      const block = event.target.closest("[data-nc]");
      if (block) status.textContent = block.getAttribute("title") || block.dataset.nc;
    });
  };
  frame.addEventListener("load", listen);
  listen();
})();
