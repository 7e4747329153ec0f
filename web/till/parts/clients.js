// @ts-check
/** What a client brings beside the card: coupons, gift cards, points, gifts, debts, limits that a manager lets pass; new clients, and all about one. */
export { couponOf } from "../core/coupons.js";
export { giftCardOf, sellGiftCard } from "../core/gift-cards.js";
export { passLimit } from "../core/limit-passed.js";
export { fillIn, openAccount, samePhone, sendAll } from "../core/newcomer.js";
export { CouponDialog } from "../screens/coupon.js";
export { CustomerPanel } from "../screens/customer-panel.js";
export { DebtDialog } from "../screens/debt.js";
export { GiftCardPay, GiftCardSell } from "../screens/gift-card.js";
export { GiftDialog } from "../screens/gift.js";
export { LimitDialog } from "../screens/limit.js";
export { Newcomer } from "../screens/newcomer.js";
export { PointsDialog } from "../screens/points.js";
