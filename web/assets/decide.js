// Digests of documents, computed here: the documents themselves stay where they
// are.

const form = document.querySelector("[data-decide]");
const field = form?.querySelector("[data-digest]");

/** An empty row for a document, a new one if there is none. */
function row() {
  const rows = [...form.querySelectorAll(".attachment")];
  const free = rows.find((r) => [...r.querySelectorAll("input")].every((input) => input.value === ""));
  if (free) return free;
  const made = rows.at(-1).cloneNode(true);
  made.querySelectorAll("input").forEach((input, i) => {
    input.value = "";
    input.id = `${input.name}-${rows.length}`;
    made.querySelectorAll("label")[i].htmlFor = input.id;
  });
  rows.at(-1).after(made);
  return made;
}

if (field && globalThis.crypto?.subtle) {
  const said = form.querySelector("[data-digest-said]");
  field.hidden = false;
  field.querySelector("input").addEventListener("change", async (event) => {
    for (const file of event.target.files) {
      try {
        const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
        const place = row();
        place.querySelector("[name=attachment]").value = file.name;
        place.querySelector("[name=sha256]").value = [...new Uint8Array(sum)].map((b) => b.toString(16).padStart(2, "0")).join("");
        said.textContent = said.dataset.text.replace("{0}", file.name);
      } catch {
        said.textContent = said.dataset.failed.replace("{0}", file.name);
      }
    }
    event.target.value = "";
  });
}
