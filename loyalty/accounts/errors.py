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


class ClientCategoryTaken(Conflict):
    code = "client_category.taken"


class ClientCategoryCodeMalformed(Malformed):
    """Small letters, digits and dashes; at most 64."""

    code = "client_category.code_malformed"


class ClientCategoryNameMissing(Malformed):
    code = "client_category.name_missing"


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


class AccountMerged(Conflict):
    """Another account, `into`, took its place."""

    code = "account.merged"


class MergeDiffers(Conflict):
    """The same id again, for other accounts."""

    code = "merge.differs"


class MergeNotFound(NotFound):
    code = "merge.not_found"


class MergeWithItself(Malformed):
    code = "merge.with_itself"


class MergeNotLast(Conflict):
    """The survivor was merged into `into` since: that merge is undone first."""

    code = "merge.not_last"


class StaffHasAccount(Conflict):
    code = "account.staff_taken"


class BadTag(Malformed):
    code = "account.tag_malformed"


class BadPeriod(Malformed):
    """It ends before it begins."""

    code = "account.period_malformed"


class BadPrice(Malformed):
    code = "account.price_out_of_range"


class CategoryEnded(Malformed):
    """It would end before the proof was seen."""

    code = "account.category_ended"


class OwnTermNotFound(NotFound):
    """No such percent or price of an account's own."""

    code = "account.own_term_not_found"


class OwnTermDiffers(Conflict):
    code = "account.own_term_differs"


class CardUnknown(NotFound):
    """A well-formed number that no batch has and no account holds."""

    code = "card.unknown"


class BatchNotFound(NotFound):
    code = "card.batch_not_found"


class BatchDiffers(Conflict):
    code = "card.batch_differs"


class BatchTooLarge(Malformed):
    """`most` says how many at a time."""

    code = "card.batch_too_large"


class NoSuchProduct(NotFound):
    code = "account.product_not_found"


class BadLimit(Malformed):
    """`field` is out of range, or missing where its mode is not `off`."""

    code = "abuse.limit_out_of_range"
