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

// A button that prints the page.
for (const button of document.querySelectorAll("[data-tk-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A button that copies the text of another element, and says so.
for (const button of document.querySelectorAll("[data-tk-copies]")) {
  const words = button.querySelector("[data-copied]");
  if (!navigator.clipboard || !words) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.tkCopies).textContent.trim());
    words.textContent = words.dataset.copied;
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

// What a password must be like ticks off while one types.
for (const list of document.querySelectorAll("[data-tk-rules]")) {
  const field = document.getElementById(list.dataset.tkRules);
  const repeat = document.getElementById(list.dataset.repeat);
  const username = document.getElementById(list.dataset.usernameField);
  const met = {
    length: (rule) => [...field.value.normalize("NFC")].length >= Number(rule.dataset.least),
    name: () => field.value.toLowerCase() !== (username ? username.value : list.dataset.username).toLowerCase(),
    repeat: () => field.value === repeat.value,
  };
  const judge = () => {
    for (const rule of list.children) {
      const judged = field.value && (rule.dataset.rule !== "repeat" || repeat.value);
      const fits = judged && met[rule.dataset.rule](rule);
      rule.className = judged ? (fits ? "tk-met" : "tk-unmet") : "";
      if (!judged) rule.removeAttribute("class");
      rule.querySelector("[data-state]").textContent = judged ? `${fits ? list.dataset.met : list.dataset.unmet} ` : "";
    }
  };
  for (const input of [field, repeat, username]) if (input) input.addEventListener("input", judge);
}

// A choice that needs another one can be made only together with it.
for (const row of document.querySelectorAll("[data-tk-needs]")) {
  const needed = document.getElementById(row.dataset.tkNeeds);
  const follow = () => { row.querySelector("input").disabled = !needed.checked; };
  needed.addEventListener("change", follow);
  follow();
}

// A form is not sent twice by a double click. (If it is, its command ID makes it count once.)
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}

// Short messages go after six seconds, but not while one is at them; what failed stays until closed.
const TOAST_MS = 6000;
for (const toast of document.querySelectorAll(".tk-toast")) {
  const close = toast.querySelector("[data-tk-closes]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
  if (toast.classList.contains("tk-toast-failed")) continue;
  let timer = 0;
  const stay = () => clearTimeout(timer);
  const leave = () => { stay(); timer = setTimeout(() => toast.remove(), TOAST_MS); };
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stay);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, leave);
  leave();
}

// A confirmation opens over the page one is on; without scripts, or when it does not load, it is a page.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-tk-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const question = await confirmationAt(link.href);
  if (!question) {
    location.assign(link.href);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "tk-dialog";
  dialog.setAttribute("aria-labelledby", question.getAttribute("aria-labelledby"));
  dialog.append(question);
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  question.querySelector("[data-tk-cancel]").addEventListener("click", (click) => {
    click.preventDefault();
    dialog.close();
  });
  dialog.showModal();
  question.querySelector("h1").focus();
});

async function confirmationAt(address) {
  try {
    const answer = await fetch(address, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return answer.ok ? page.querySelector("[data-tk-confirm]") : null;
  } catch {
    return null;
  }
}

// In the menu of elements, the part of the page that one went to is the current one.
for (const link of document.querySelectorAll('.tk-open a[href^="#"]')) {
  link.addEventListener("click", () => {
    for (const other of link.closest("ul").querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
}
