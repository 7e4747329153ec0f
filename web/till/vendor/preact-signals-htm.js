// @ts-check
/**
 * The one place the till takes Preact, signals and htm from. The released files beside this one are whole and unchanged
 * (see README.md); the order of these imports is the order they need. No import map, no build, no inline script.
 */
import { modules } from "./amd.js";
import "./preact-10.29.8.umd.js";
import "./preact-hooks-10.29.8.umd.js";
import "./preact-signals-core-1.14.5.min.js";
import "./preact-signals-2.11.4.min.js";
import htm from "./htm-3.1.1.module.js";

delete (/** @type {any} */ (globalThis).define);

export const { h, render, Fragment, Component, createContext, createRef } = modules["preact"];
export const { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext } = modules["preact/hooks"];
export const { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } = modules["@preact/signals"];
export const html = htm.bind(h);
