// @ts-check
/** What is seldom asked of one line: a price by hand, and why it costs what it costs. */
export { setManual } from "../core/price-by-hand.js";
export { Price } from "../screens/price.js";
export { Why } from "../screens/why.js";
