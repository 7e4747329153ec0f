// @ts-check
/** A limit on the use of a card: a manager lets it pass with the PIN, or the sale goes on without the card. */
import { Button, html, t, till } from "./ui.js";
import { act } from "./act.js";
import { Agreement } from "./agreement.js";
import { pay } from "./totals.js";

export function LimitDialog({ limit, onClose }) {
  const without = () => {
    onClose();
    void act(() => till.detachAccount()).then(pay);
  };
  const pass = async (approver) => {
    await till.passLimit(limit, approver);
    return pay;
  };
  return html`<${Agreement} id="limit" title=${t("limit.title")} text=${t(`limit.${limit}`)} label=${t("limit.pass")} icon="lock" work=${pass} onClose=${onClose}
    other=${html`<${Button} icon="x" data-testid="limit-without" onClick=${without}>${t("limit.without")}<//>`} />`;
}
