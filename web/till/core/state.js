// @ts-check
/** Everything screens read, as signals. Verbs write them; nobody else does. */
import { signal } from "../vendor/preact-signals-htm.js";
import { emptyBasket } from "./basket.js";

/**
 * @template T
 * @typedef {{value: T, peek(): T}} Signal
 */

/**
 * @typedef {{register: string, epoch: number, key: string, prefix: string, outlet: any, agent: Own | null, database: string}} Identity
 * @typedef {{url: string, token: string, agent?: string}} Own the agent of this PC; `agent`: what it called itself
 * @typedef {{id: string, name: string, role: "cashier" | "manager" | "owner", language: string, pin: any}} Person
 * @typedef {{settings: any, outlet: any, register: any, staff: Person[], rule_set: any, limits?: any, points_programme?: any, coupon_batches?: any[], gift_cards?: any, abuse_limits?: any, fiscal?: any, categories: any[], tax_rates: any[], regulations: any[],
 *   scan_routes: import("./routes.js").Route[], names: any, cursor: string, pulled_at: number}} Data what the server told, as one value
 */

export function createState() {
  return {
    /** @type {Signal<{code: string, fields: object} | null>} */
    trouble: signal(null),
    /** @type {Signal<Identity | null>} */
    identity: signal(null),
    /** @type {Signal<Data | null>} */
    data: signal(null),
    /** @type {Signal<Person | null>} */
    cashier: signal(null),
    /** @type {Signal<import("./shift.js").Shift | null>} */
    shift: signal(null),
    /** @type {Signal<import("./basket.js").Basket>} */
    basket: signal(emptyBasket()),
    /** @type {Signal<import("./basket.js").Basket[]>} */
    parked: signal([]),
    /** @type {Signal<import("./payment.js").Tender[]>} */
    tenders: signal([]),
    /** @type {Signal<import("../devices/card-terminal.js").Pending | null>} the card payment that goes on with a terminal */
    card: signal(null),
    /** @type {Signal<import("./limits.js").OwnUse[]>} */
    ownUses: signal([]),
    /** @type {Signal<{date: string, accounts: Record<string, import("./misuse.js").Day>}>} */
    cardDays: signal({ date: "", accounts: {} }),
    /** @type {Signal<{code: string, fields: any}[]>} what the server did not hold for this checkout */
    refused: signal([]),
    /** @type {Signal<any>} */
    lastReceipt: signal(null),
    /** @type {Signal<any>} */
    sync: signal({ online: false, unsent: 0, quarantined: 0, conflict: 0, lastSeen: null, refused: null, minimum: null }),
    /** @type {Signal<any>} `all` as the agent told of them last, [{id, kind, state}]; `printer` is the state of the receipt printer among them */
    devices: signal({ agent: "none", all: [], printer: { health: "unknown", causes: [] }, jobs: [] }),
    /** @type {Signal<any>} how documents stand with the fiscal register; null where there is none */
    fiscal: signal(null),
    /** @type {Signal<number>} the current minute, so that prices follow the hours */
    minute: signal(0),
    /** @type {Signal<{persisted: boolean | null, clockOffset: number, clockJumped: boolean}>} */
    device: signal({ persisted: null, clockOffset: 0, clockJumped: false, lost: /** @type {string | null} */ (null) }),
    /** @type {Signal<number>} grows when products or accounts changed */
    catalogued: signal(0),
  };
}

/** @typedef {ReturnType<typeof createState>} State */
