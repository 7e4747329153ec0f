"""How long to wait before the next try to open a port."""

import random
from collections.abc import Callable


class Backoff:
    """Delays in seconds that double from `first` to `last`, each shortened by up to a quarter by chance.

    The chance keeps ten tills from knocking at one printer in step.
    """

    def __init__(self, first: float = 0.25, last: float = 5.0, chance: Callable[[], float] = random.random) -> None:
        self._first, self._last, self._chance = first, last, chance
        self._next = first

    def delay(self) -> float:
        """The delay to wait now; the next one is twice as long."""
        delay, self._next = self._next, min(self._next * 2, self._last)
        return delay * (1 - self._chance() / 4)

    def reset(self) -> None:
        """The port opened: start from the first delay again."""
        self._next = self._first
