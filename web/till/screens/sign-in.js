// @ts-check
/** Who stands at the till: a tile, then the PIN by finger, keyboard or paste; or a badge, scanned. */
import { ErrorText, html, t, till, useAction, useLayoutEffect, useSignal } from "./ui.js";
import { Keypad, TypedField } from "./keypad.js";
import { LanguageRow } from "./language.js";
import { Messages } from "./messages.js";
import { unlockSound } from "./sound.js";
import { DeviceChip, SyncChip } from "./top-bar.js";
import { badge } from "./view.js";

export function SignIn() {
  const people = till.staff.value;
  const who = useSignal(people.length === 1 ? people[0].id : null);
  const pin = useSignal("");
  const action = useAction();
  if (badge.value && badge.value !== who.value) who.value = badge.value;
  const person = people.find((each) => each.id === who.value);
  useLayoutEffect(() => {
    if (person) document.getElementById("pin")?.focus();
  }, [who.value]);
  const enter = () => action.run(async () => {
    unlockSound();
    const typed = pin.value;
    pin.value = "";
    await till.signIn(who.value, typed);
  });
  const pick = (id) => {
    unlockSound();
    badge.value = null;
    who.value = id;
    pin.value = "";
    action.error.value = null;
    document.getElementById("pin")?.focus(); // at once: the digits may follow within the same breath
  };
  return html`<main class="sign-in" data-testid="sign-in" aria-labelledby="sign-in-title">
    <header class="sign-in-head"><div class="place"><strong>${till.identity.value?.outlet?.name}</strong><span class="quiet">${t("top.register", { prefix: till.identity.value?.prefix ?? "" })}</span></div>
      <${Messages} /><div class="top-end"><${SyncChip} /><${DeviceChip} /></div></header>
    <section class="people" aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">${t("sign_in.title")}</h1>
      <ul>${people.map((each) => html`<li key=${each.id}><button type="button" class="person" data-person=${each.id} aria-pressed=${each.id === who.value} onClick=${() => pick(each.id)}>
        <span class="initials" aria-hidden="true">${each.name.slice(0, 1)}</span><span class="person-name">${each.name}</span><span class="quiet">${t(`role.${each.role}`)}</span></button></li>`)}</ul>
      ${!people.length && html`<p class="quiet">${t("sign_in.nobody")}</p>`}
      <${LanguageRow} />
    </section>
    <section class="pin" aria-label=${t("sign_in.pin")}>
      <p class="pin-who">${person ? person.name : t("sign_in.choose")}</p>
      <${TypedField} id="pin" label=${t("sign_in.pin")} text=${pin} secret=${true} first=${false} onEnter=${enter} />
      <${ErrorText} error=${action.error} />
      <${Keypad} text=${pin} onEnter=${enter} enterLabel=${t("sign_in.do")} />
      ${till.shift.value && html`<p class="quiet">${t("sign_in.shift_open")}</p>`}
    </section>
  </main>`;
}
