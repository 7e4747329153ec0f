// @ts-check
/** One window runs the till: whoever holds the lock writes. The others wait until it is free. */

const NAME = "tillcard-till";

export class TillLock {
  /** Takes the lock for as long as the page lives, if it is free now. @returns {Promise<boolean>} */
  take() {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(NAME, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : new Promise(() => {});
        })
        .catch(reject);
    });
  }

  /** Resolves with the lock held, once the other window is closed. @returns {Promise<void>} */
  wait() {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(NAME, () => {
          resolve();
          return new Promise(() => {});
        })
        .catch(reject);
    });
  }
}
