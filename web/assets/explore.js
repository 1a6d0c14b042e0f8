// Moving about in the graph: what is opened or closed is exchanged in place,
// the entity that was pressed stays where it was, and dragging moves the view.

import { exchange } from "./app.js";

const place = document.getElementById("explored");

function find(name, value) {
  return [...place.querySelectorAll(`[${name}]`)].find((one) => one.getAttribute(name) === value);
}

async function follow(link) {
  const entity = link.getAttribute("data-entity") ?? link.getAttribute("data-turn").replace(/ (up|down)( row)?$/, "");
  const turn = link.getAttribute("data-turn");
  const scroll = () => place.querySelector(".explore .scroll");
  const before = find("data-entity", entity)?.getBoundingClientRect();
  const left = scroll().scrollLeft;
  if (!(await exchange("explored", link.getAttribute("href")))) return;
  const after = find("data-entity", entity)?.getBoundingClientRect();
  if (before && after) {
    scroll().scrollLeft = left + after.left - before.left;
    scroll().scrollTop += after.top - before.top;
  }
  const again = (turn && find("data-turn", turn)) ?? find("data-entity", entity);
  again?.focus({ preventScroll: true });
}

place.addEventListener("click", (event) => {
  const link = event.target.closest("[data-explore] a[data-turn], [data-explore] a[data-entity]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!link.getAttribute("href").startsWith(location.pathname)) return;
  event.preventDefault();
  follow(link);
});

// A picture that is larger than its place begins with the entity in the middle.
const root = find("data-entity", decodeURIComponent(location.pathname.split("/").pop()));
if (root) {
  const scroll = place.querySelector(".explore .scroll");
  const [box, view] = [root.getBoundingClientRect(), scroll.getBoundingClientRect()];
  scroll.scrollLeft += box.left + box.width / 2 - view.left - view.width / 2;
  scroll.scrollTop += box.top + box.height / 2 - view.top - view.height / 2;
}

// The filters keep what is open: it stands in fields of the part.
let from;
place.addEventListener("pointerdown", (event) => {
  const scroll = event.target.closest(".explore .scroll");
  if (!scroll || event.button !== 0 || event.pointerType === "touch" || event.target.closest("a")) return;
  from = { scroll, x: event.clientX + scroll.scrollLeft, y: event.clientY + scroll.scrollTop };
  scroll.setPointerCapture(event.pointerId);
});
place.addEventListener("pointermove", (event) => {
  if (!from) return;
  from.scroll.scrollLeft = from.x - event.clientX;
  from.scroll.scrollTop = from.y - event.clientY;
});
for (const end of ["pointerup", "pointercancel"]) place.addEventListener(end, () => (from = undefined));
