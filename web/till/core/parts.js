// @ts-check
/** What the till keeps of the shop besides goods and accounts. */

/** Parts of the snapshot that are kept as they come. */
export const PARTS = ["settings", "outlet", "register", "staff", "rule_set", "rule_sets_to_come", "categories", "tax_rates", "regulations", "scan_routes", "names", "rules_refused",
  "limits", "points_programme", "coupon_batches", "gift_cards", "abuse_limits", "fiscal"];
