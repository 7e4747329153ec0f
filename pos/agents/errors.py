"""What can go wrong with device agents."""

from pos.core.errors import Conflict, NotFound, NotSignedIn


class AgentNotFound(NotFound):
    code = "agent.not_found"


class AgentElsewhere(Conflict):
    """The devices of one outlet are not for the tills of another."""

    code = "agent.elsewhere"


class AgentJoined(Conflict):
    """A computer has its key: that is taken back first."""

    code = "agent.joined"


class AgentUnknown(NotSignedIn):
    """The agent's key is missing, wrong or was taken back."""

    code = "agent.unknown"
