// What every page has: forms that keep parts of their page up to date while they
// are filled in. The page does the same without this, by a load.

const header = "Debadge-Part";

/** Puts what came in place: each part in its own, or a failure in the last one. */
function place(places, html) {
  const came = document.createElement("template");
  came.innerHTML = html;
  const parts = new Map([...came.content.querySelectorAll(":scope > [data-part]")].map((part) => [part.dataset.part, part]));
  places.forEach((element, i) => {
    const part = parts.get(element.id) ?? (i === places.length - 1 ? [...parts.values()][0] ?? came.content : undefined);
    element.replaceChildren(...(part?.childNodes ?? []));
  });
}

/** Fetches parts of a page, by their ids with spaces between, and puts them in place. */
export async function exchange(names, url, { signal, keep = true } = {}) {
  const places = names.split(" ").map((name) => document.getElementById(name)).filter(Boolean);
  if (places.length === 0) return false;
  for (const element of places) element.setAttribute("aria-busy", "true");
  let html;
  let failed = "";
  try {
    const answer = await fetch(url, { headers: { [header]: names }, signal, credentials: "same-origin" });
    if (answer.status === 401) {
      location.assign(url);
      return false;
    }
    html = await answer.text();
    if (!answer.ok) failed = String(answer.status);
  } catch (error) {
    if (error.name === "AbortError") return false;
    html = document.getElementById("offline").innerHTML;
    failed = "network";
  }
  place(places, html);
  for (const element of places) {
    element.removeAttribute("aria-busy");
    element.dataset.failed = failed;
  }
  if (keep && !failed) {
    history.replaceState(history.state, "", url);
    keepLinks();
  }
  places[0].dispatchEvent(new CustomEvent("exchanged", { bubbles: true }));
  return !failed;
}

// What every link of the frame says of when and by which rules.
const kept = ["as_of", "known_at", "policy", "list"];

/** Lets the links of the frame lead on with what the page is asked now. */
function keepLinks() {
  const now = new URLSearchParams(location.search);
  for (const link of document.querySelectorAll(".top nav a")) {
    const to = new URL(link.href);
    for (const name of kept) {
      to.searchParams.delete(name);
      for (const value of now.getAll(name)) to.searchParams.append(name, value);
    }
    link.href = to.pathname + to.search;
  }
}

/** The address of a GET form as it is filled in. */
export function addressOf(form) {
  const url = new URL(form.getAttribute("action"), location.href);
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
    // What is chosen is meant; more may come of what is typed or slid.
    const chosen = event.target.matches("select, [type=checkbox], [type=radio]");
    timer = setTimeout(update, chosen ? 0 : Number(form.dataset.wait ?? 30));
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    update();
  });
}

for (const form of document.querySelectorAll("form[data-live]")) live(form);
