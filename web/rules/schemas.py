"""Forms of the rules' pages."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from web.office.schemas import Form

GroupId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
RuleId = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9_.:-]{0,63})?$")]


class OpenForm(Form):
    """`version` empty: from the rules in force; `rule`: the rule to edit first."""

    version: int | None = None
    rule: RuleId = ""
    then: Annotated[str, Field(max_length=10)] = ""

    @field_validator("version", mode="before")
    @classmethod
    def none_where_empty(cls, value: Any) -> Any:
        return value or None


class PublishForm(Form):
    when: Literal["now", "later"] = "now"
    day: date | None = None
    hour: time | None = None

    @field_validator("day", "hour", mode="before")
    @classmethod
    def none_where_empty(cls, value: Any) -> Any:
        return value or None

    def begins(self, zone: ZoneInfo) -> datetime:
        """The chosen moment on the shop's clock; midnight where no hour was chosen, tomorrow where no day was."""
        day = self.day or datetime.now(zone).date() + timedelta(days=1)
        return datetime.combine(day, self.hour or time(0), zone)


class GroupForm(Form):
    id: GroupId
    mode: Literal["best_of", "exclusive", "sequential", "additive"] = "best_of"
    scope: Literal["line", "receipt"] = "line"
    stackable: str = ""
    blocks_card: str = ""
    blocks_claimed: str = ""
    blocks_personal: str = ""

    def group(self) -> dict[str, Any]:
        """The group's form, what is usual left out."""
        made: dict[str, Any] = {"id": self.id}
        if self.mode != "best_of":
            made["mode"] = self.mode
        if self.scope != "line":
            made["scope"] = self.scope
        if self.stackable:
            made["stackable"] = True
        blocks = [name for name in ("card", "claimed", "personal") if getattr(self, f"blocks_{name}")]
        return made | ({"blocks": blocks} if blocks else {})


class TryForm(Form):
    """A period by its first and last day."""

    first: date
    last: date
    outlet: Annotated[str, Field(max_length=36)] = ""
    as_written: str = ""
