// @ts-check
/** Short sounds for eyes that are on the goods. Sound is never the only sign: the screen says the same. */

/** @type {AudioContext | null} */
let context = null;

/** Browsers let a page sound only after a touch: called by the sign-in. */
export function unlockSound() {
  try {
    context ??= new AudioContext();
    void context.resume();
  } catch {
    context = null;
  }
}

function beep(hertz, from, length) {
  if (context?.state !== "running") return;
  const start = context.currentTime + from;
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = "square";
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.06, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + length);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + length);
}

/** Done: one short high beep. */
export function high() {
  beep(1760, 0, 0.06);
}

/** Not done: two low beeps, and a buzz where the device can. */
export function low() {
  beep(330, 0, 0.1);
  beep(330, 0.15, 0.1);
  try {
    navigator.vibrate?.([60, 40, 60]);
  } catch {
    // a page that was never touched may not buzz
  }
}
