// @ts-check
/** A rule set made ready: rules in their order, found by product and category, so that re-pricing touches few of them. */

/** @typedef {import("./basket.js").Line} Line */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Regulation} Regulation */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./rules.js").RuleSet} RuleSet */

/** Rules are sorted by priority and id; the indexes hold their positions. */
export class Prepared {
  /** @param {RuleSet} ruleSet */
  constructor(ruleSet) {
    this.version = ruleSet.version;
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
    this.rules.forEach(({ what }, at) => {
      if (what.products.size === 0 && what.categories.size === 0) this.onAll.push(at);
      for (const product of what.products) put(this.byProduct, product, at);
      for (const category of what.categories) put(this.byCategory, category, at);
    });
  }

  /**
   * Positions of the rules that select the line, exclusions not yet considered.
   * @param {Line} line
   * @returns {Set<number>}
   */
  rulesFor(line) {
    const found = new Set(this.onAll);
    for (const at of this.byProduct.get(line.product) ?? []) found.add(at);
    for (const category of line.category) for (const at of this.byCategory.get(category) ?? []) found.add(at);
    return found;
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
 * @param {Rule} rule
 * @param {Line} line
 */
export function excluded({ what }, line) {
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
