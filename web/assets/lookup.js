// The box: candidates while somebody types, chosen with the keyboard or a
// pointer (the combobox of the ARIA Authoring Practices Guide). Lines that are
// pasted go to the field for several.

import { exchange, addressOf } from "./app.js";

const form = document.querySelector("[data-look]");
const box = document.getElementById("q");
const place = document.getElementById("options");
let at = -1;
let timer;
let running;
let leaving = false;

function options() {
  return [...place.querySelectorAll("[role=option]")];
}

function close() {
  place.hidden = true;
  at = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function choose(to) {
  const all = options();
  if (all.length === 0) return;
  at = (to + all.length) % all.length;
  all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
  box.setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}

async function ask() {
  running?.abort();
  // One letter says too little; one Chinese character may be half of a name.
  if (new TextEncoder().encode(box.value.trim()).length < 2) return close();
  running = new AbortController();
  const asked = box.value;
  await exchange("options", addressOf(form), { signal: running.signal, keep: false });
  if (asked !== box.value || document.activeElement !== box) return;
  at = -1;
  place.hidden = false;
  box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-expanded", String(options().length > 0));
}

function go(option) {
  leaving = true;
  location.assign(option.dataset.href);
}

// The key that chooses a candidate does not also send the form.
form.addEventListener("submit", (event) => leaving && event.preventDefault());
addEventListener("pageshow", () => { leaving = false; });

box.setAttribute("role", "combobox");
box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-controls", "listbox"); // which is in the part that comes
box.setAttribute("aria-expanded", "false");

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 25);
});
box.addEventListener("keydown", (event) => {
  const open = !place.hidden;
  if (event.key === "ArrowDown") {
    if (open) choose(at + 1);
    else ask().then(() => choose(0));
  } else if (event.key === "ArrowUp" && open) choose(at < 0 ? -1 : at - 1);
  else if (event.key === "Escape" && open) close();
  else if (event.key === "Enter" && open && at >= 0) go(options()[at]);
  else return;
  event.preventDefault();
});
box.addEventListener("blur", () => setTimeout(() => document.activeElement !== box && close(), 150));
place.addEventListener("mousedown", (event) => event.preventDefault());
place.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) go(option);
});
box.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text");
  if (!/\S[\r\n]+\s*\S/.test(text)) return;
  event.preventDefault();
  const lines = document.getElementById("lines");
  lines.closest("details").open = true;
  lines.value = text;
  lines.form.requestSubmit();
});
