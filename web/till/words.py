"""Words of JavaScript and of browsers that no name may take."""

_BROWSER = """
AbortController AbortSignal Array ArrayBuffer AudioContext BigInt Blob Boolean BroadcastChannel CustomEvent
DOMException DataView Date Error Event HTMLElement HTMLInputElement HTMLSelectElement HTMLTextAreaElement IDBKeyRange
Infinity Intl JSON Map Math MutationObserver NaN Number Object PerformanceObserver Promise Proxy RangeError Reflect
RegExp ResizeObserver Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URL URLSearchParams Uint8Array
Uint16Array Uint32Array WeakMap WeakRef WeakSet WebSocket Worker addEventListener alert atob btoa caches
cancelAnimationFrame clearInterval clearTimeout confirm console crypto customElements decodeURIComponent dispatchEvent
document encodeURIComponent fetch globalThis history indexedDB isNaN isFinite localStorage location matchMedia
navigator parseFloat parseInt performance postMessage queueMicrotask removeEventListener requestAnimationFrame
requestIdleCallback self sessionStorage setInterval setTimeout structuredClone undefined window
"""
GLOBALS = frozenset(_BROWSER.split())
"""What a browser brings with it, as far as the till uses it. A name here is never shortened, and never given as a short one."""
_LANGUAGE = """
arguments async await break case catch class const continue debugger default delete do else enum eval export extends
false finally for function if implements import in instanceof interface let new null package private protected public
return static super switch this throw true try typeof var void while with yield of get set
"""
KEYWORDS = frozenset(_LANGUAGE.split())
"""Never given as a short name (some are allowed as names, but need not be)."""
