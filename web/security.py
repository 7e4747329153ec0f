"""The headers that keep foreign script, frames and guesses of content types out."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",  # the device agent on the till's own PC
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
