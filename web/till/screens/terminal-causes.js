// @ts-check
/** Why a card terminal did not do what it was asked for. */
import { Icon, html, t } from "./ui.js";

/** Of a print job it says that it can be printed later; of a terminal's, that nothing happened. */
const LATE = "job.expired";

export const Causes = ({ causes }) =>
  causes.map((cause) => html`<p class="warning" key=${cause} data-testid="card-cause" data-cause=${cause}><${Icon} name="triangle-alert" />${t(cause === LATE ? "payment.not_begun" : cause)}</p>`);
