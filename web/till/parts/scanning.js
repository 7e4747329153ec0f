// @ts-check
/** Codes that say more than which goods: GS1 and marking codes. */
export { goodsOf } from "../devices/gs1.js";
