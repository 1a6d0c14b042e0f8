// Screening: a file can be dropped, and its columns are shown before it is sent.
// All of it works by loads without this.

const form = document.querySelector("[data-screen]");
const columns = document.getElementById("columns");
let looking;

/** What the form says, with the file last: the service reads it as it comes. */
function filledIn() {
  const data = new FormData();
  const files = [];
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File) files.push([name, value]);
    else data.append(name, value);
  }
  for (const field of columns.querySelectorAll("[name]")) data.append(field.name, field.value);
  for (const [name, value] of files) data.append(name, value);
  return data;
}

async function send(url, part, signal) {
  const data = filledIn();
  return fetch(url, { method: "POST", body: data, headers: { "Debadge-Part": part }, credentials: "same-origin", signal });
}

function show(id, html) {
  const came = document.createElement("template");
  came.innerHTML = html;
  document.getElementById(id).replaceChildren(...(came.content.querySelector("[data-part]")?.childNodes ?? came.content.childNodes));
}

const offline = () => document.getElementById("offline").innerHTML;

async function look() {
  looking?.abort();
  columns.replaceChildren();
  document.getElementById("sent").replaceChildren();
  if (form.elements.file.files.length === 0) return;
  looking = new AbortController();
  columns.setAttribute("aria-busy", "true");
  try {
    const answer = await send("/screen/columns", "columns", looking.signal);
    show("columns", await answer.text());
  } catch (error) {
    if (error.name === "AbortError") return;
    show("columns", offline());
  }
  columns.removeAttribute("aria-busy");
}

if (form) {
  const drop = form.querySelector("[data-drop]");
  const said = form.querySelector("[data-sending]");
  form.elements.file.addEventListener("change", look);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    if (event.dataTransfer.files.length === 0) return;
    form.elements.file.files = event.dataTransfer.files;
    look();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    button.disabled = true;
    said.textContent = said.dataset.text;
    try {
      const answer = await send(form.getAttribute("action"), "job");
      if (answer.ok && answer.redirected) {
        location.assign(answer.url);
        return;
      }
      show("sent", await answer.text());
    } catch {
      show("sent", offline());
    }
    said.textContent = "";
    button.disabled = false;
  });
}
