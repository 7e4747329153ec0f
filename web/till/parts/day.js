// @ts-check
/** The till's day around the sales: pairing, the menu, the shift's beginning and end, cash in and out, the drawer, reports, how the till stands. */
export { closeShift, moveCash, openDrawer, openShift, payDebt, xReport } from "../core/day.js";
export { CashMove } from "../screens/cash-move.js";
export { Menu } from "../screens/menu.js";
export { Pair } from "../screens/pair.js";
export { Parked } from "../screens/parked.js";
export { DrawerReason, VoidReason } from "../screens/reason.js";
export { ShiftClose } from "../screens/shift-close.js";
export { ShiftOpen } from "../screens/shift-open.js";
export { Status } from "../screens/status.js";
export { XReport } from "../screens/x-report.js";
