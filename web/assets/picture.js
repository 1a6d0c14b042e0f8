// Pictures that can be made larger and smaller, and whose steps lead to their
// evidence.

function prepare(picture) {
  const svg = picture.querySelector("svg");
  const tools = picture.querySelector(".tools");
  if (!svg || !tools) return;
  tools.hidden = false;
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let scale = 1;
  const show = (to) => {
    scale = Math.min(4, Math.max(0.25, to));
    svg.setAttribute("width", String(Math.round(width * scale)));
    svg.setAttribute("height", String(Math.round(height * scale)));
  };
  const fit = () => show(svg.parentElement.clientWidth / width);
  tools.addEventListener("click", (event) => {
    const by = event.target.closest("[data-zoom-by]")?.dataset.zoomBy;
    if (by) show(scale * Number(by));
    else if (event.target.closest("[data-zoom-fit]")) fit();
  });
  svg.parentElement.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") show(scale * 1.25);
    else if (event.key === "-") show(scale * 0.8);
    else if (event.key === "0") fit();
    else return;
    event.preventDefault();
  });
  if (width > svg.parentElement.clientWidth && width * 0.7 < svg.parentElement.clientWidth) fit();
}

function prepareAll() {
  for (const picture of document.querySelectorAll("[data-zoom]:not([data-ready])")) {
    picture.dataset.ready = "";
    prepare(picture);
  }
}

/** Opens the evidence that an address leads to. */
function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const place = id && document.getElementById(id);
  if (!place) return;
  for (const details of place.querySelectorAll("details")) details.open = true;
  for (let up = place.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
}

addEventListener("hashchange", openTarget);
document.addEventListener("exchanged", prepareAll);
prepareAll();
openTarget();
