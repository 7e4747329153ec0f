"""Options of a device as its configuration gives them, and what can be wrong with one."""


class BadOption(Exception):
    """A device cannot be set up so: `option` names the one that is wrong, `why` says what it must be."""

    def __init__(self, *, option: str, why: str) -> None:
        super().__init__(f"{option}: {why}")
        self.option, self.why = option, why
