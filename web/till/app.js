// @ts-check
/** The till's entry: the core starts while the screens already show that it does. */
import { start, till } from "./core/till.js";

export { till };

await start();
