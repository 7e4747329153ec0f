"""What can go wrong with accounts, cards and persons. No field ever carries a card number or a phone."""

from pos.core.errors import Conflict, Malformed, NotFound


class AccountNotFound(NotFound):
    code = "account.not_found"


class CardNotFound(NotFound):
    code = "card.not_found"


class PersonNotFound(NotFound):
    code = "person.not_found"


class TierNotFound(NotFound):
    code = "tier.not_found"


class ClientCategoryNotFound(NotFound):
    code = "client_category.not_found"


class AccountDiffers(Conflict):
    """The same id again, with other contents."""

    code = "account.differs"


class CardDiffers(Conflict):
    code = "card.differs"


class PersonDiffers(Conflict):
    code = "person.differs"


class CardNumberTaken(Conflict):
    code = "card.number_taken"


class CardNotActive(Conflict):
    """`state` says what it is."""

    code = "card.not_active"


class NoCardScheme(Conflict):
    """The shop has not said how its card numbers look."""

    code = "card.no_scheme"


class BadCardNumber(Malformed):
    code = "card.number_malformed"


class BadDigest(Malformed):
    """Not 32 hexadecimal digits."""

    code = "card.digest_malformed"


class BadPhone(Malformed):
    code = "person.phone_malformed"


class BadPersonal(Malformed):
    """Personal percent outside 0 to 10000 basis points."""

    code = "account.personal_out_of_range"
