// @ts-check
/**
 * The scanner that types: listens on the document, never relies on focus. A burst of at least four characters with short gaps,
 * ended by Enter or Tab, is a scan; what it typed into a field is taken out again. Scans before the till is ready wait.
 */

const GAP = 100;
const LEAST = 4;

/** What stands on a key's place on a Latin keyboard: scanners send places, whatever layout the computer has. */
const BY_CODE = /** @type {Record<string, [string, string]>} */ ({
  Minus: ["-", "_"], Equal: ["=", "+"], Slash: ["/", "?"], Period: [".", ">"], Comma: [",", "<"], Semicolon: [";", ":"], Space: [" ", " "],
  BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Backslash: ["\\", "|"], Quote: ["'", '"'], Backquote: ["`", "~"],
  NumpadAdd: ["+", "+"], NumpadSubtract: ["-", "-"], NumpadMultiply: ["*", "*"], NumpadDivide: ["/", "/"], NumpadDecimal: [".", "."],
});
const SHIFTED = ")!@#$%^&*(";

/**
 * The character a key stands for on a Latin keyboard.
 * @param {{key: string, code: string, shiftKey: boolean}} event @returns {string | null} null if the key is no character
 */
export function character({ key, code, shiftKey }) {
  if (key.length !== 1) return null;
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(code)) return shiftKey && code.startsWith("Digit") ? SHIFTED[Number(code.at(-1))] : /** @type {string} */ (code.at(-1));
  return BY_CODE[code]?.[shiftKey ? 1 : 0] ?? key;
}

/** Keys as they come, and when; answers a finished scan. Pure but for its own memory. */
export class Burst {
  constructor() {
    this.text = "";
    this.typed = ""; // as it stands in a field, in whatever layout
    this.foreign = false; // a letter of another alphabet came: then signs such as "/" and "." stand on other keys too
    this.last = -Infinity;
  }

  /**
   * @param {{key: string, code: string, shiftKey: boolean}} event @param {number} at milliseconds
   * @returns {{text: string, typed: string} | null}
   */
  key(event, at) {
    if (event.key === "Shift") return null;
    if (at - this.last > GAP) this.#clear();
    this.last = at;
    if (event.key === "Enter" || event.key === "Tab") {
      const scan = this.text.length >= LEAST ? { text: this.foreign ? this.text : this.typed, typed: this.typed } : null;
      this.#clear();
      return scan;
    }
    const letter = character(event);
    if (letter === null) this.#clear();
    else {
      this.text += letter;
      this.typed += event.key;
      this.foreign ||= event.key > "~";
    }
    return null;
  }

  #clear() {
    this.text = "";
    this.typed = "";
    this.foreign = false;
  }
}

/** Takes a scan's characters out of the field they were typed into. @param {EventTarget | null} field @param {string} typed */
function erase(field, typed) {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
  const at = field.value.lastIndexOf(typed);
  if (at < 0) return;
  field.value = field.value.slice(0, at) + field.value.slice(at + typed.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Hands every scan to `scanned`, one after another, from the moment `ready` resolves; those before it in their order.
 * @param {{ready: Promise<unknown>, scanned: (text: string) => Promise<unknown>, failed: (error: unknown) => void}} parts
 */
export function listen({ ready, scanned, failed }) {
  const burst = new Burst();
  /** @type {Promise<unknown>} */
  let queue = ready;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const scan = burst.key(event, event.timeStamp);
      if (!scan) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      erase(document.activeElement, scan.typed);
      queue = queue.then(() => scanned(scan.text)).catch(failed);
    },
    { capture: true },
  );
}
