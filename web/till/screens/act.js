// @ts-check
/** Doing something from a screen that has no place of its own for a failure: it is said in the bar, never in a dialog. */
import { low } from "./sound.js";
import { dropNote, note } from "./view.js";

/** Does `work`; a failure becomes a bar that the next success removes. Answers undefined then. */
export async function act(work) {
  try {
    const answer = await work();
    dropNote("act");
    return answer;
  } catch (failure) {
    low();
    note("act", failure, "bad");
    return undefined;
  }
}
