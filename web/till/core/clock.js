// @ts-check
/**
 * The shop's time: the device's clock corrected by what the server last said, never earlier than the last document.
 * Between answers of the server the monotonic counter carries it, so that a changed wall clock is seen.
 */

/** A wall clock further off than this is told to the cashier. */
export const OFFSET_WORTH_SAYING = 120_000;
const JUMP = 2_000;

/** @typedef {{wall: () => number, ticks: () => number}} Source milliseconds since 1970; milliseconds since whenever, never stepping back */

export class Clock {
  /** @param {Source} [source] */
  constructor(source = { wall: () => Date.now(), ticks: () => performance.now() }) {
    this.source = source;
    this.offset = 0;
    /** @type {{corrected: number, ticks: number} | null} */
    this.anchor = null;
    /** @type {{at: number, ticks: number} | null} */
    this.floor = null;
  }

  /** An offset remembered from before the restart. @param {number} offset */
  remember(offset) {
    this.offset = offset;
  }

  /**
   * The server said `serverTime` in answer to a request that took from `t0` to `t1` by the wall clock.
   * @param {number} serverTime @param {number} t0 @param {number} t1
   */
  learn(serverTime, t0, t1) {
    if (t1 < t0 || t1 - t0 > 4_000) return; // the clock was set meanwhile, or the answer says too little
    this.offset = Math.round(serverTime - (t0 + t1) / 2);
    this.anchor = { corrected: this.source.wall() + this.offset, ticks: this.source.ticks() };
  }

  /** Nothing is made before `at`: the time of the last document. @param {number} at */
  notBefore(at) {
    this.floor = { at, ticks: this.source.ticks() };
  }

  /**
   * Corrected milliseconds since 1970. A wall clock set back is overruled by the monotonic counter; one ahead of it means that the device
   * slept, and is believed until the server answers. Earlier than the last document: that one's time plus what has passed since.
   */
  now() {
    const ticks = this.source.ticks();
    let at = this.source.wall() + this.offset;
    if (this.anchor) {
      const carried = this.anchor.corrected + (ticks - this.anchor.ticks);
      if (at < carried - JUMP) at = carried;
    }
    if (this.floor && at < this.floor.at) at = this.floor.at + Math.max(0, ticks - this.floor.ticks);
    return Math.round(at);
  }

  /** Whether the wall clock was set since the server last answered. */
  jumped() {
    if (!this.anchor) return false;
    const carried = this.anchor.corrected + (this.source.ticks() - this.anchor.ticks);
    return Math.abs(this.source.wall() + this.offset - carried) > JUMP;
  }
}

/**
 * The wall clock of a zone: what rules are judged by.
 * @param {number} at @param {string} zone @returns {{date: string, minute: number, weekday: number}} weekday 1 is Monday
 */
export function localTime(at, zone) {
  /** @type {Record<string, string>} */
  const part = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) part[type] = value;
  const date = `${part.year}-${part.month}-${part.day}`;
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return { date, minute: Number(part.hour) * 60 + Number(part.minute), weekday: day === 0 ? 7 : day };
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map();

/** @param {string} zone */
function formatter(zone) {
  let found = formatters.get(zone);
  if (!found) {
    const two = "2-digit";
    found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: two, day: two, hour: two, minute: two, second: two });
    formatters.set(zone, found);
  }
  return found;
}
