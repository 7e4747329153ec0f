"""What can go wrong while a rule set is drafted."""

from pos.core.errors import Conflict, NotFound


class NoDraft(NotFound):
    """There is no open draft: it was published or thrown away."""

    code = "rules.no_draft"


class RuleNotFound(NotFound):
    """The draft has no rule of that id. `rule`."""

    code = "rules.not_found"


class VersionNotFound(NotFound):
    """There is no rule set of that number. `version`."""

    code = "rules.version_not_found"


class GroupNotFound(NotFound):
    """The draft has no group of that id. `group`."""

    code = "rules.group_not_found"


class GroupInUse(Conflict):
    """Rules of the draft belong to the group. `group`, `n`."""

    code = "rules.group_in_use"


class ChangedMeanwhile(Conflict):
    """Somebody else saved the same rule since this page was opened. `rule`."""

    code = "rules.changed_meanwhile"


class PublishedMeanwhile(Conflict):
    """A version newer than the draft's author has seen is there. `version`."""

    code = "rules.published_meanwhile"
