// @ts-check

/** Input that cannot be read as what it claims to be: a stable `code`, and the path of the field where there is one. */
export class Malformed extends Error {
  /**
   * @param {string} code
   * @param {string} field
   */
  constructor(code, field) {
    super(field ? `${code} ${field}` : code);
    this.code = code;
    this.field = field;
  }
}
