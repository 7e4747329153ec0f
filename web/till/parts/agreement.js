// @ts-check
/** A manager's agreement to what the cashier may not do alone. */
export { Agreement } from "../screens/agreement.js";
