// @ts-check
/** What a law makes the cashier ask: a shop without such goods never does. */
export { AgeQuestion } from "../screens/age.js";
