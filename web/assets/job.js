// A job that goes on: how far it is, until it has ended.

import { exchange } from "./app.js";

const place = document.getElementById("job");
const timer = setInterval(async () => {
  await exchange("job", location.pathname + location.search, { keep: false });
  if (place.dataset.failed || place.querySelector("[data-ended]")) clearInterval(timer);
}, 1000);
