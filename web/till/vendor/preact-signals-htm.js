// @ts-check
/**
 * The one place the till takes Preact, signals and htm from. The released files beside this one are whole and unchanged;
 * those in UMD form put themselves on `self`, in the order of these imports. No import map, no build, no inline script.
 */
import "./preact-10.29.8.umd.js";
import "./preact-hooks-10.29.8.umd.js";
import "./preact-signals-core-1.14.5.min.js";
import "./preact-signals-2.11.4.min.js";
import htm from "./htm-3.1.1.module.js";

const { preact, preactHooks, preactSignals } = /** @type {any} */ (globalThis);

export const { h, render, Fragment, Component, createContext, createRef } = preact;
export const { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext } = preactHooks;
export const { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } = preactSignals;
export const html = htm.bind(h);
