// @ts-check
/** The till's entry: the core starts while the screens already show that it does. */
import { start, till } from "./core/till.js";
import { mount } from "./screens/root.js";

export { till };

const place = document.getElementById("till");
if (place) mount(place);
void start().then(join);

/** An address such as /till#pair=7KQ2M9XB joins this browser at once; a code that no longer works leaves the question on the screen. */
async function join() {
  const code = /^#pair=([A-Z0-9-]{8,12})$/i.exec(location.hash)?.[1];
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  if (till.ready.value === "unpaired") await till.pair(code).catch(() => undefined);
}
