// Niceties only: every page works without this file.
"use strict";

// A button that shows or hides a password.
for (const button of document.querySelectorAll("[data-tk-shows]")) {
  const field = document.getElementById(button.dataset.tkShows);
  const words = button.querySelector("[data-on]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    words.textContent = shown ? words.dataset.on : words.dataset.off;
    field.focus();
  });
}

// Open menus close on Escape and on a click elsewhere.
const menus = ".tk-menu[open], .tk-several[open]";
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(menus)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(menus)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// The funnel opens the filters in place, without searching.
const funnel = document.querySelector("[aria-controls=filters]");
if (funnel) {
  const panel = document.getElementById("filters");
  const chips = document.getElementById("chips");
  const show = (open) => {
    panel.hidden = !open;
    if (chips) chips.hidden = open;
    funnel.setAttribute("aria-expanded", String(open));
    if (open) panel.querySelector("select, input").focus();
    else funnel.focus();
  };
  funnel.addEventListener("click", (event) => {
    event.preventDefault();
    show(panel.hidden);
  });
  panel.querySelector(".tk-close").addEventListener("click", (event) => {
    event.preventDefault();
    show(false);
  });
}

// The closed choice of several says what is chosen.
for (const several of document.querySelectorAll(".tk-several")) {
  const summary = several.querySelector("summary");
  several.addEventListener("change", () => {
    const names = [...several.querySelectorAll(":checked")].map((box) => box.parentElement.textContent.trim());
    summary.textContent = inWords(names, summary.dataset);
  });
}

function inWords(names, words) {
  if (names.length === 0) return words.none;
  if (names.length <= 2) return names.join(words.and);
  const rest = names.length === 3 ? words.one : words.more.replace("{n}", names.length - 2);
  return `${names[0]}, ${names[1]} ${rest}`;
}

// Fields that are empty stay out of the address.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("submit", () => {
    const comparisons = { bedrag_is: "bedrag", duur_is: "duur" };
    for (const field of form.elements) {
      const subject = form.elements[comparisons[field.name]] || field;
      if (field.name && field.type !== "submit" && subject.value === "") field.disabled = true;
    }
  });
}
// Coming back by the browser's own button finds every field in use again.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
});
