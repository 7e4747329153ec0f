// Open pages fetch their figures again when the server says that something was recorded.
if (document.querySelector("[data-live]")) {
  const source = new EventSource("/office/live");
  source.addEventListener("recorded", () => window.htmx.trigger(document.body, "recorded"));
}
