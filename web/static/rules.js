// Chosen products, categories and accounts: a tap takes one out again; what was found once is not offered twice.
const changed = (form) => form?.dispatchEvent(new Event("change", { bubbles: true }));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  const form = button.closest("form");
  const picker = button.closest(".picker");
  button.closest(".picked-one").remove();
  picker?.querySelector("input[type=search]")?.focus();
  changed(form);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.detail.target;
  if (place?.classList.contains("picked")) {
    event.detail.requestConfig?.elt?.remove(); // gone already where the search went on meanwhile
    place.closest(".picker").querySelector("input[type=search]").focus();
  }
  if (place?.classList.contains("picked") || place?.id === "effect-fields") changed(document.querySelector("#rule-form"));
});
