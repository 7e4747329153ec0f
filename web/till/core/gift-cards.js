// @ts-check
/** Gift cards: what one may pay, and one that is sold. Nothing is held by asking. */
import { TIMEOUT, isWhole, plainCode } from "./codes.js";
import { TillError } from "./errors.js";
import { request } from "./http.js";

/** The number under which documents name what is no product of the shop's: a gift card sold. */
const GIFT_CARD = 2_147_483_647;

/** The id that a gift card's number is known by. @param {import("./core.js").Core} core @param {string} typed */
export async function giftCardId(core, typed) {
  const code = plainCode(typed);
  if (!isWhole(code)) throw new TillError("gift_card.unknown", { code });
  const digest = await core.accounts.digest(code);
  return [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20)].join("-");
}

/**
 * What a gift card may pay now. Without the server: nothing, or up to the cap that the shop allows. Raises `gift_card.unknown`, `gift_card.offline`.
 * @param {import("./core.js").Core} core @param {string} typed @returns {Promise<{id: string, available: number, balance: number | null}>}
 */
export async function giftCardOf(core, typed) {
  const id = await giftCardId(core, typed);
  if (core.sync.state.online) {
    try {
      const { body } = await request(`/gift-cards/${id}`, { key: core.key(), timeout: TIMEOUT });
      return { id, available: body.available, balance: body.balance };
    } catch (error) {
      if (!(error instanceof TillError) || error.code !== "server.unreachable") throw error;
    }
  }
  const settings = core.data().gift_cards;
  if (settings?.offline !== "cap") throw new TillError("gift_card.offline");
  return { id, available: settings.offline_most ?? 0, balance: null };
}

/**
 * A gift card of the shop's, sold for what is loaded on it: an advance, without tax, discount and points. Raises `gift_card.unknown`.
 * @param {import("./core.js").Core} core @param {string} number @param {number} amount @param {string} name as printed
 */
export async function sellGiftCard(core, number, amount, name) {
  const id = await giftCardId(core, number);
  if (core.selling.basket.lines.some(({ item, code }) => item === "gift_card" && code === id)) throw new TillError("gift_card.in_basket");
  if (!Number.isSafeInteger(amount) || amount <= 0) throw new TillError("amount.not_positive");
  core.selling.put({
    product: GIFT_CARD,
    name,
    names: {},
    item: "gift_card",
    code: id,
    entry: "scan",
    unit: "piece",
    category: [],
    quantity: 1_000,
    price: amount,
    priceSource: "manual",
    regulation: null,
    minimum: amount,
    taxCode: "none",
    tax: 0,
    gift: null,
  });
}
