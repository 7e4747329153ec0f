// @ts-check
/** A rule set made ready: rules in their order, found by product and category, so that re-pricing touches few of them. */

/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Regulation} Regulation */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").RuleSet} RuleSet */
/** @typedef {import("./rules.js").SetPart} SetPart */
/** @typedef {import("./rules.js").What} What */

const MOST_KNOWN = 10_000;

/**
 * Rules are sorted by priority and id; the indexes hold their positions. `bestOutcome`: rules that are in each other's way are chosen for the
 * receipt (form 2), not phase by phase (form 1).
 */
export class Prepared {
  /** @param {RuleSet} ruleSet */
  constructor(ruleSet) {
    this.version = ruleSet.version;
    this.bestOutcome = ruleSet.schema > 1;
    this.rules = [...ruleSet.rules].sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
    /** @type {Map<string, Group>} */
    this.groups = new Map(ruleSet.groups.map((group) => [group.id, group]));
    /** @type {Map<string, Regulation>} */
    this.regulations = new Map(ruleSet.regulations.map((regulation) => [regulation.code, regulation]));
    /** @type {number[]} */
    this.onAll = [];
    /** @type {Map<number, number[]>} */
    this.byProduct = new Map();
    /** @type {Map<number, number[]>} */
    this.byCategory = new Map();
    /** @type {Map<number, {category: number[], found: number[]}>} the last answers, by product */
    this.known = new Map();
    this.rules.forEach((rule, at) => {
      const goods = goodsOf(rule);
      if (goods.some((what) => what.products.size === 0 && what.categories.size === 0)) this.onAll.push(at);
      for (const what of goods) {
        for (const product of what.products) put(this.byProduct, product, at);
        for (const category of what.categories) put(this.byCategory, category, at);
      }
    });
  }

  /**
   * Positions of the rules that select the line, exclusions not yet considered.
   * @param {Line} line
   * @returns {number[]}
   */
  rulesFor({ product, category }) {
    const known = this.known.get(product);
    if (known && known.category.length === category.length && known.category.every((each, at) => each === category[at])) return known.found;
    const found = new Set(this.onAll);
    for (const at of this.byProduct.get(product) ?? []) found.add(at);
    for (const each of category) for (const at of this.byCategory.get(each) ?? []) found.add(at);
    if (this.known.size === MOST_KNOWN) this.known.clear();
    this.known.set(product, { category, found: [...found] });
    return [...found];
  }
}

/**
 * @param {RuleSet} ruleSet
 * @returns {Prepared}
 */
export function prepare(ruleSet) {
  return new Prepared(ruleSet);
}

/**
 * What the rule is about; of a set, what its parts are about.
 * @param {Rule} rule
 * @returns {What[]}
 */
function goodsOf({ effect, what }) {
  return effect.kind === "set" ? effect.parts.map((/** @type {SetPart} */ part) => part.what) : [what];
}

/**
 * @param {Rule} rule
 * @param {Line} line
 */
export function excluded({ effect, what }, line) {
  if (effect.kind === "set") return !effect.parts.some((/** @type {SetPart} */ part) => selects(part.what, line));
  return excepted(what, line);
}

/**
 * Whether the line is of these goods.
 * @param {What} what
 * @param {Line} line
 */
export function selects(what, line) {
  const everything = what.products.size === 0 && what.categories.size === 0;
  const named = everything || what.products.has(line.product) || line.category.some((each) => what.categories.has(each));
  return named && !excepted(what, line);
}

/**
 * @param {What} what
 * @param {Line} line
 */
function excepted(what, line) {
  return what.except_products.has(line.product) || line.category.some((each) => what.except_categories.has(each));
}

/**
 * @param {Map<number, number[]>} index
 * @param {number} key
 * @param {number} at
 */
function put(index, key, at) {
  const found = index.get(key);
  if (found) found.push(at);
  else index.set(key, [at]);
}
