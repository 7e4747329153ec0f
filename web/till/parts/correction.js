// @ts-check
/** Takings that a fiscal register is told of afterwards: seldom, and by a manager. */
export { correct } from "../devices/fiscal-correction.js";
export { FiscalCorrect } from "../devices/fiscal-correction-screen.js";
