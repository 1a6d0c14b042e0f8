// Sliders that move the date fields beside them.

const day = 86400000;

function days(text) {
  const at = Date.parse(text + "T00:00:00Z");
  return Number.isNaN(at) ? undefined : Math.round(at / day);
}

for (const slide of document.querySelectorAll("input[type=range][data-for]")) {
  const field = document.getElementById(slide.dataset.for);
  if (!field || field.type !== "date") continue;
  slide.closest("[hidden]")?.removeAttribute("hidden");
  const tell = () => slide.setAttribute("aria-valuetext", field.value || field.labels[0].textContent);
  slide.addEventListener("input", (event) => {
    field.value = new Date(Number(slide.value) * day).toISOString().slice(0, 10);
    tell();
    event.stopPropagation();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", () => {
    const at = days(field.value);
    if (at !== undefined) slide.value = String(at);
    tell();
  });
  tell();
}
