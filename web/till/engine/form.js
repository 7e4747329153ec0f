// @ts-check
/** Reads one JSON object field by field; what does not fit is refused with a stable code and the path of the field. */

import { Malformed } from "./errors.js";
import { MAX_AMOUNT } from "./money.js";

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;
const DATE = /^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}$/;
const LONGEST_TEXT = 200;

/** A JSON object being read. Call `end` when all fields are read: what is left over is refused. */
export class Form {
  /**
   * @param {unknown} value
   * @param {string} path
   */
  constructor(value, path) {
    if (!isObject(value)) throw new Malformed("pricing.wrong_type", path);
    this.fields = /** @type {Record<string, unknown>} */ (value);
    this.path = path;
    /** @type {Set<string>} */
    this.read = new Set();
  }

  /** @param {string} name */
  at(name) {
    return this.path ? `${this.path}.${name}` : name;
  }

  /**
   * Whether the field is there and not null.
   * @param {string} name
   */
  has(name) {
    this.read.add(name);
    return Object.hasOwn(this.fields, name) && this.fields[name] !== null && this.fields[name] !== undefined;
  }

  /** @param {string} name */
  hasObject(name) {
    return this.has(name) && isObject(this.fields[name]);
  }

  /**
   * @param {string} name
   * @returns {unknown}
   */
  take(name) {
    if (!this.has(name)) throw new Malformed("pricing.missing_field", this.at(name));
    return this.fields[name];
  }

  /** @param {string} name */
  integer(name, low = 0, high = MAX_AMOUNT) {
    return integerAt(this.take(name), this.at(name), low, high);
  }

  /**
   * @template T
   * @param {string} name
   * @param {T} fallback
   * @returns {number | T}
   */
  integerOr(name, fallback, low = 0, high = MAX_AMOUNT) {
    return this.has(name) ? this.integer(name, low, high) : fallback;
  }

  /**
   * @param {string} name
   * @param {boolean} fallback
   * @returns {boolean}
   */
  flag(name, fallback) {
    if (!this.has(name)) return fallback;
    const value = this.fields[name];
    if (typeof value !== "boolean") throw new Malformed("pricing.wrong_type", this.at(name));
    return value;
  }

  /**
   * @param {string} name
   * @returns {string}
   */
  text(name) {
    const value = text(this.take(name), this.at(name));
    const length = [...value].length;
    if (length < 1 || length > LONGEST_TEXT) throw new Malformed("pricing.out_of_range", this.at(name));
    return value;
  }

  /** @param {string} name */
  code(name) {
    return code(this.take(name), this.at(name));
  }

  /** @param {string} name */
  codeOrNull(name) {
    return this.has(name) ? this.code(name) : null;
  }

  /**
   * @template {string} T
   * @param {string} name
   * @param {readonly T[]} choices
   * @param {T} [fallback]
   * @returns {T}
   */
  choice(name, choices, fallback) {
    if (fallback !== undefined && !this.has(name)) return fallback;
    const value = text(this.take(name), this.at(name));
    for (const each of choices) if (each === value) return each;
    throw new Malformed("pricing.unknown_choice", this.at(name));
  }

  /**
   * @param {string} name
   * @returns {string}
   */
  date(name) {
    const value = text(this.take(name), this.at(name));
    if (!DATE.test(value) || daysSince(value) === null) throw new Malformed("pricing.bad_date", this.at(name));
    return value;
  }

  /** @param {string} name */
  dateOrOpen(name) {
    return this.has(name) ? this.date(name) : "";
  }

  /** @param {string} name */
  form(name) {
    return new Form(this.take(name), this.at(name));
  }

  /** @param {string} name */
  formOrEmpty(name) {
    return this.has(name) ? this.form(name) : new Form({}, this.at(name));
  }

  /**
   * @param {string} name
   * @param {number} most
   * @returns {Form[]}
   */
  forms(name, most) {
    return this.list(name, most, 0).map(([value, path]) => new Form(value, path));
  }

  /**
   * @param {string} name
   * @param {number} most
   */
  formsOrNone(name, most) {
    return this.has(name) ? this.forms(name, most) : [];
  }

  /**
   * Codes of a list that may be left out, but not be empty.
   * @param {string} name
   * @returns {Set<string>}
   */
  codes(name) {
    return this.has(name) ? new Set(this.list(name, 100_000, 1).map(([value, path]) => code(value, path))) : new Set();
  }

  /**
   * Integers of a list that may be left out, but not be empty.
   * @param {string} name
   * @param {number} low
   * @param {number} high
   * @returns {Set<number>}
   */
  integers(name, low, high) {
    if (!this.has(name)) return new Set();
    return new Set(this.list(name, 100_000, 1).map(([value, path]) => integerAt(value, path, low, high)));
  }

  /**
   * @param {string} name
   * @param {number} most
   * @param {number} least
   * @returns {[unknown, string][]}
   */
  list(name, most, least) {
    const value = this.take(name);
    if (!Array.isArray(value)) throw new Malformed("pricing.wrong_type", this.at(name));
    if (value.length < least || value.length > most) throw new Malformed("pricing.out_of_range", this.at(name));
    return value.map((item, at) => [item, `${this.at(name)}[${at}]`]);
  }

  /**
   * Integers in their order; the list may be left out or empty.
   * @param {string} name
   * @param {number} low
   * @param {number} high
   * @returns {number[]}
   */
  listOfIntegers(name, low, high) {
    return this.has(name) ? this.list(name, 1_000, 0).map(([value, path]) => integerAt(value, path, low, high)) : [];
  }

  /**
   * Codes of a list that may be left out or empty.
   * @param {string} name
   * @returns {Set<string>}
   */
  listOfCodes(name) {
    return this.has(name) ? new Set(this.list(name, 1_000, 0).map(([value, path]) => code(value, path))) : new Set();
  }

  /**
   * Key, value and path of each entry of an object used as a table, by key; it may be left out.
   * @param {string} name
   * @returns {[string, unknown, string][]}
   */
  entries(name) {
    if (!this.has(name)) return [];
    const value = this.fields[name];
    if (!isObject(value)) throw new Malformed("pricing.wrong_type", this.at(name));
    const table = /** @type {Record<string, unknown>} */ (value);
    return Object.keys(table).sort().map((key) => [code(key, this.at(name)), table[key], `${this.at(name)}.${key}`]);
  }

  end() {
    for (const name of Object.keys(this.fields).sort()) {
      if (!this.read.has(name)) throw new Malformed("pricing.unknown_field", this.at(name));
    }
  }
}

/**
 * ISO weekday of an ISO date.
 * @param {string} date
 * @returns {number}
 */
export function weekdayOf(date) {
  return (((daysSince(date) ?? 0) + 3) % 7) + 1;
}

/**
 * Days from 1970-01-01 (a Thursday) to an ISO date, or null where there is no such day.
 * @param {string} date
 * @returns {number | null}
 */
export function daysSince(date) {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(date) ? at / 86_400_000 : null;
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * `value` as a whole number from `low` to `high`; `path` is the field that a refusal names.
 * @param {unknown} value
 * @param {string} path
 * @param {number} low
 * @param {number} high
 * @returns {number}
 */
export function integerAt(value, path, low, high) {
  if (typeof value !== "number" || !Number.isInteger(value)) throw new Malformed("pricing.wrong_type", path);
  if (value < low || value > high) throw new Malformed("pricing.out_of_range", path);
  return value + 0;
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {string}
 */
function text(value, path) {
  if (typeof value !== "string") throw new Malformed("pricing.wrong_type", path);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {string}
 */
function code(value, path) {
  const found = text(value, path);
  if (!CODE.test(found)) throw new Malformed("pricing.bad_code", path);
  return found;
}
