// Laid into the page before its own scripts: when the scanner's Enter came, when the basket changed, when that was painted.
(() => {
  let enter = -1;
  let finish = null;
  const painted = () => new Promise((resume) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resume(performance.now());
    port2.postMessage(null); // runs after the frame's style, layout and paint
  }));
  window.standsAt = null;
  window.expectScan = () => {
    enter = -1;
    window.scanEnded = new Promise((resolve) => (finish = resolve));
  };
  window.addEventListener("keydown", (event) => { if (event.key === "Enter") enter = event.timeStamp; }, { capture: true });
  const changed = async (records) => {
    if (window.standsAt === null && document.querySelector("[data-testid=sign-in], [data-testid=sell]")) window.standsAt = await painted();
    if (enter < 0 || !finish || !records.some(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest(".lines, .right"))) return;
    const shown = performance.now() - enter;
    const done = finish;
    finish = null;
    done({ shown, painted: (await painted()) - enter });
  };
  new MutationObserver(changed).observe(document, { childList: true, subtree: true, characterData: true });
})();
