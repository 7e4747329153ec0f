"""What the page of labels may have to say."""

from pos.core.errors import Malformed


class NothingChosen(Malformed):
    """No label was asked for, or too many; `field` says where."""

    code = "labels.nothing_chosen"


class LabelUnfit(Malformed):
    """A label cannot be laid out so; `why` is the code of the reason, or the field that is wrong."""

    code = "labels.unfit"
