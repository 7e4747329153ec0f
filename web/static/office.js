// Open pages fetch their figures again when the server says that something was recorded.
if (document.querySelector("[data-live]")) {
  const source = new EventSource("/office/live");
  source.addEventListener("recorded", () => window.htmx.trigger(document.body, "recorded"));
}
// What was typed or chosen before the scripts were here counts: its events had nobody to hear them.
const chosenAtFirst = (select) => [...select.options].find((option) => option.defaultSelected) ?? select.options[0];
const touched = (field) => {
  if (field.matches("select")) return field.selectedOptions[0] !== chosenAtFirst(field);
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
};
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("input, select, textarea"))
    if (touched(field)) field.dispatchEvent(new Event(field.matches("select") ? "change" : "input", { bubbles: true }));
});
