"""What is written to a printer for one job, in either language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes after which a fence is sent and waited for; `fences`: how many more are among them.

    `lines`, `cuts`: what was printed once the fence is answered.
    """

    data: bytes
    fences: int = 0
    lines: int = 0
    cuts: int = 0


@dataclass(frozen=True, slots=True)
class Printout:
    """First the drawer's pulse (or nothing), then the parts, one after the other. `logo`: it begins with the logo."""

    pulse: bytes
    parts: tuple[Part, ...] = ()
    logo: bool = False
