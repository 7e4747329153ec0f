// @ts-check
/** Codes that say more than which goods, GS1 and marking codes, or less: one code for several. */
export { goodsOf } from "../devices/gs1.js";
export { Choice } from "../screens/choice.js";
