"""What the program says about itself: one line per event, mistakes with their trace and never with what was typed.

structlog's own default prints the local variables of every frame where `rich` is installed: passwords and PINs among them.
"""

import sys

import structlog


def configure() -> None:
    """Times in UTC, exceptions as plain traces."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
