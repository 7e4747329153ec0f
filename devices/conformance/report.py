"""What a run of the suite found, for a person and for a program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from devices.conformance.spec import Check


@dataclass(frozen=True, slots=True)
class Report:
    """`subject` is what was tried: an address, or the simulator. `not_tried` says what, and why not."""

    protocol: str
    title: str
    subject: str
    checks: tuple[Check, ...]
    not_tried: tuple[str, ...]
    versions: Mapping[str, str]

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failures(self) -> list[str]:
        return [f"{check.name}: {check.seen}" for check in self.checks if not check.passed]

    def as_json(self) -> str:
        """One JSON object."""
        checks = [{"name": check.name, "passed": check.passed, "seen": check.seen} for check in self.checks]
        found = {
            "protocol": self.protocol,
            "title": self.title,
            "subject": self.subject,
            "passed": self.passed,
            "checks": checks,
            "not_tried": list(self.not_tried),
            "versions": dict(self.versions),
        }
        return json.dumps(found, ensure_ascii=False, indent=2)

    def as_text(self) -> str:
        """The same to read: one line a check, what failed marked."""
        width = max((len(check.name) for check in self.checks), default=0)
        lines = [f"{self.title} ({self.protocol}) at {self.subject}"]
        lines += [f"{'ok  ' if check.passed else 'FAIL'} {check.name:<{width}}  {check.seen}" for check in self.checks]
        lines += [f"not tried: {what}" for what in self.not_tried]
        lines.append("with " + ", ".join(f"{name} {version}" for name, version in self.versions.items()))
        lines.append("everything tried is as it should be" if self.passed else f"{len(self.failures)} checks failed")
        return "\n".join(lines)
