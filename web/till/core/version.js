// @ts-check

/** Version of the till program, as written into every document. */
export const APP = "0.1.0";
