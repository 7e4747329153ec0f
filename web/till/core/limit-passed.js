// @ts-check
/** A limit on the use of a card that a manager lets pass. */

/** For the open basket, with its document. @param {import("./core.js").Core} core @param {string} limit @param {string | null} approver */
export async function passLimit(core, limit, approver) {
  const { state, documents } = core;
  const basket = state.basket.peek();
  if (!basket.account) return;
  const next = { ...basket, passed: [...basket.passed, limit] };
  await documents.write("limit_passed", { basket: basket.id, account: basket.account.id, limit, approver: core.approver(approver) }, [{ store: "baskets", key: "open", put: next }]);
  state.basket.value = next;
}
