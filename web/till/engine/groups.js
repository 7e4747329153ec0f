// @ts-check
/** Rules of one group on one line: joined into one candidate, which then competes or applies on the rest as one rule would. */

import { offer } from "./effects.js";
import { total } from "./parts.js";

/** @typedef {import("./effects.js").Offer} Offer */
/** @typedef {import("./lines.js").PricedLine} PricedLine */
/** @typedef {import("./quote.js").Part} Part */
/** @typedef {import("./rules.js").Group} Group */
/** @typedef {import("./rules.js").Rule} Rule */
/** @typedef {import("./slabs.js").Value} Value */
/** A rule on one line, with its value there and what the whole line would cost by it alone. @typedef {{rule: Rule, value: Value, alone: Offer}} Wanted */
/** What the units cost after one rule of a candidate. @typedef {{rule: Rule, parts: Part[]}} Step */
/** One rule, or the rules of a group; placed by its first rule's priority and id. @typedef {{wanted: Wanted[], mode: string, stackable: boolean}} Candidate */
/** What a candidate makes of the units. @typedef {{candidate: Candidate, steps: Step[], net: number, held: boolean}} Outcome */

/**
 * Rules of the line, those of one group joined where the group says so; in the order of their first rules.
 * @param {Wanted[]} wanted
 * @param {Map<string, Group>} groups
 * @returns {Candidate[]}
 */
export function candidates(wanted, groups) {
  return together(wanted, groups, (members, mode, stackable) => ({ wanted: members, mode, stackable }));
}

/**
 * Those of one group joined where the group says so; in the order of their first rules.
 * @template {{rule: Rule}} T
 * @template R
 * @param {T[]} each
 * @param {Map<string, Group>} groups
 * @param {(members: T[], mode: string, stackable: boolean) => R} made
 * @returns {R[]}
 */
export function together(each, groups, made) {
  /** @type {R[]} */
  const found = [];
  /** @type {Map<string, T[]> | null} */
  let ofGroup = null;
  for (const one of each) {
    const { rule } = one;
    const group = rule.group === null ? undefined : groups.get(rule.group);
    if (group === undefined || ((group.mode === "best_of" || group.mode === "exclusive") && !group.stackable)) {
      found.push(made([one], "single", rule.stackable));
    } else if (group.mode === "best_of" && rule.stackable) found.push(made([one], "single", true));
    else {
      ofGroup ??= new Map();
      const members = ofGroup.get(group.id);
      if (members) members.push(one);
      else {
        const first = [one];
        ofGroup.set(group.id, first);
        found.push(made(first, group.mode, group.stackable));
      }
    }
  }
  return found;
}

/**
 * What the candidate makes of the line as it is; `fresh` if the line is as it was when the rules were asked alone.
 * @param {Candidate} candidate
 * @param {PricedLine} line
 * @param {number} priceStep
 * @param {boolean} fresh
 * @returns {Outcome}
 */
export function outcome(candidate, line, priceStep, fresh) {
  if (candidate.mode === "single") {
    const want = candidate.wanted[0];
    const made = fresh ? want.alone : madeOf(want, line, priceStep);
    return { candidate, steps: [{ rule: want.rule, parts: made.parts }], net: made.net, held: made.held };
  }
  if (candidate.mode === "sequential") return sequential(candidate, line, priceStep);
  if (candidate.mode === "additive") return additive(candidate, line, priceStep);
  let [want] = candidate.wanted;
  let made = madeOf(want, line, priceStep);
  for (const other of candidate.wanted.slice(1)) {
    const here = madeOf(other, line, priceStep);
    if (here.net < made.net) [want, made] = [other, here];
  }
  return { candidate, steps: [{ rule: want.rule, parts: made.parts }], net: made.net, held: made.held };
}

/**
 * @param {Wanted} want
 * @param {PricedLine} line
 * @param {number} priceStep
 */
function madeOf({ rule, value }, line, priceStep) {
  return offer(line, rule.effect.kind, rule.rounding, value, priceStep);
}

/**
 * One after another on the rest.
 * @param {Candidate} candidate
 * @param {PricedLine} line
 * @param {number} priceStep
 * @returns {Outcome}
 */
function sequential(candidate, line, priceStep) {
  let rest = line.share(line.parts);
  let held = false;
  /** @type {Step[]} */
  const steps = [];
  for (const want of candidate.wanted) {
    const made = madeOf(want, rest, priceStep);
    held = held || made.held;
    if (made.net < rest.net) {
      rest = line.share(made.parts);
      steps.push({ rule: want.rule, parts: made.parts });
    }
  }
  return { candidate, steps, net: rest.net, held };
}

/**
 * Each from the same price, summed; what passes the lowest price is the last rules' loss.
 * @param {Candidate} candidate
 * @param {PricedLine} line
 * @param {number} priceStep
 * @returns {Outcome}
 */
function additive(candidate, line, priceStep) {
  let rest = line.net;
  let off = 0;
  let held = false;
  /** @type {Step[]} */
  const steps = [];
  for (const want of candidate.wanted) {
    const made = madeOf(want, line, priceStep);
    off += line.net - made.net;
    const parts = line.atNet(line.net - off);
    const net = total(parts);
    held = held || made.held || net > line.net - off;
    if (net < rest) {
      rest = net;
      steps.push({ rule: want.rule, parts });
    }
  }
  return { candidate, steps, net: rest, held };
}
