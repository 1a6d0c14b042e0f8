// A job that goes on: how far it is, until it has ended or the service does not
// answer. The next request waits for the answer to the one before.

import { exchange } from "./app.js";

const pause = 700;

function poll() {
  if (!document.querySelector("#job [data-poll]")) return;
  setTimeout(async () => {
    if (await exchange("job", location.pathname + location.search, { keep: false })) poll();
  }, pause);
}
poll();
