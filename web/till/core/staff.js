// @ts-check
/** Who stands at the till, and who agreed to what. */
import { TillError } from "./errors.js";
import { language } from "./i18n.js";

const APPROVAL_LASTS = 60_000;
const SIGNED_IN = "tillcard.cashier";

export class Staff {
  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.core = core;
    /** @type {{id: string, until: number} | null} */
    this.approval = null;
  }

  /** A reload (not a new window) keeps the cashier at the till. */
  restore() {
    const id = sessionStorage.getItem(SIGNED_IN);
    this.core.state.cashier.value = (id && this.core.state.data.peek()?.staff.find((person) => person.id === id)) || null;
  }

  /** @param {string} id @returns {import("./state.js").Person} */
  person(id) {
    const person = this.core.data().staff.find((candidate) => candidate.id === id);
    if (!person) throw new TillError("staff.not_known");
    return person;
  }

  /** Raises `pin.wrong` {left}, `pin.locked` {until}, `pin.none`. @param {string} id @param {string} pin */
  async signIn(id, pin) {
    const { core } = this;
    const person = this.person(id);
    await core.pins.check(person, pin);
    const previous = (await core.store.get("meta", "last_cashier")) ?? null;
    await core.documents.write("turn", { staff: id, previous }, [{ store: "meta", key: "last_cashier", put: id }]);
    sessionStorage.setItem(SIGNED_IN, id);
    core.state.cashier.value = person;
    if (person.language) language.value = person.language;
  }

  async signOut() {
    sessionStorage.removeItem(SIGNED_IN);
    this.core.state.cashier.value = null;
  }

  /**
   * A manager or owner agrees, by PIN, to the next thing that needs it, within a minute.
   * @param {string} id @param {string} pin @returns {Promise<string>} the approver's id, to be handed to that verb
   */
  async approve(id, pin) {
    const person = this.person(id);
    if (person.role === "cashier") throw new TillError("approval.not_entitled");
    await this.core.pins.check(person, pin);
    this.approval = { id, until: performance.now() + APPROVAL_LASTS };
    return id;
  }

  /**
   * Who approved: a manager needs nobody. Raises `approval.needed`; an approval serves once.
   * @param {string | null} approver @returns {string | null}
   */
  approved(approver) {
    const cashier = this.core.signedIn();
    if (cashier.role !== "cashier" && !approver) return null;
    const given = this.approval;
    this.approval = null;
    if (!approver || given?.id !== approver || given.until < performance.now()) throw new TillError("approval.needed");
    return approver;
  }
}
