// @ts-check

/** An expected failure. `code` is stable ("pin.wrong"), the sentence is looked up by it; `fields` are what the sentence may name. */
export class TillError extends Error {
  /** @param {string} code @param {Record<string, unknown>} [fields] */
  constructor(code, fields = {}) {
    super(code);
    this.name = "TillError";
    this.code = code;
    this.fields = fields;
  }
}
