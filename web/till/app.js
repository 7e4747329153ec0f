// @ts-check
/** The till's entry: the core starts while the screens already show that it does. */
import { start, till } from "./core/till.js";
import { mount } from "./screens/root.js";

export { till };

const place = document.getElementById("till");
if (place) mount(place);
await start();
