"""What the owner's page of devices may have to say."""

from pos.core.errors import NotFound, Unavailable


class AgentAway(Unavailable):
    """No device agent is connected to this server, or it does not answer."""

    code = "devices.agent_away"


class DeviceNotFound(NotFound):
    """The agent drives no device of that name."""

    code = "devices.not_found"
