// What every page has: forms that keep a part of their page up to date while
// they are filled in. The page does the same without this, by a load.

const header = "Debadge-Part";

/** Fetches a part of a page and puts it in place. */
export async function exchange(name, url, { signal, keep = true } = {}) {
  const place = document.getElementById(name);
  if (!place) return false;
  place.setAttribute("aria-busy", "true");
  let html;
  try {
    const answer = await fetch(url, { headers: { [header]: name }, signal, credentials: "same-origin" });
    if (answer.status === 401) {
      location.assign(url);
      return false;
    }
    html = await answer.text();
    place.dataset.failed = answer.ok ? "" : String(answer.status);
  } catch (error) {
    if (error.name === "AbortError") return false;
    html = document.getElementById("offline")?.innerHTML ?? "";
    place.dataset.failed = "network";
  }
  place.innerHTML = html;
  place.removeAttribute("aria-busy");
  if (keep && !place.dataset.failed) history.replaceState(history.state, "", url);
  place.dispatchEvent(new CustomEvent("exchanged", { bubbles: true }));
  return !place.dataset.failed;
}

/** The address of a GET form as it is filled in. */
export function addressOf(form) {
  const url = new URL(form.action, location.href);
  url.search = "";
  for (const [name, value] of new FormData(form)) {
    if (value !== "") url.searchParams.append(name, value);
  }
  return url.pathname + url.search;
}

function live(form) {
  let running;
  let timer;
  const update = () => {
    running?.abort();
    running = new AbortController();
    exchange(form.dataset.live, addressOf(form), { signal: running.signal });
  };
  const soon = (event) => {
    if (event.target.validity?.valid === false) return;
    clearTimeout(timer);
    timer = setTimeout(update, Number(form.dataset.wait ?? 60));
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    update();
  });
  form.classList.add("is-live");
}

for (const form of document.querySelectorAll("form[data-live]")) live(form);
document.documentElement.dataset.script = "on";
