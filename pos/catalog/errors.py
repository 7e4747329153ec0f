"""What can go wrong with the catalogue."""

from pos.core.errors import Conflict, Malformed, NotFound


class ProductNotFound(NotFound):
    code = "product.not_found"


class CategoryNotFound(NotFound):
    code = "category.not_found"


class PriceListNotFound(NotFound):
    code = "price_list.not_found"


class TaxRateNotFound(NotFound):
    code = "tax_rate.not_found"


class TaxRateTaken(Conflict):
    """The code has a rate already, and keeps it."""

    code = "tax_rate.taken"


class TaxCodeMalformed(Malformed):
    """Small letters, digits and dashes; at most 64."""

    code = "tax_rate.code_malformed"


class RegulationNotFound(NotFound):
    code = "regulation.not_found"


class RegulationTaken(Conflict):
    """There is a class of goods of that code."""

    code = "regulation.taken"


class RegulationCodeMalformed(Malformed):
    """Small letters, digits and dashes; at most 64."""

    code = "regulation.code_malformed"


class RegulationPriceMalformed(Malformed):
    """Not an amount of the shop's currency. `field` says which: `floor` or `ceiling`."""

    code = "regulation.price_malformed"


class RegulationPricesImpossible(Malformed):
    """The highest price is below the lowest."""

    code = "regulation.prices_impossible"


class RegulationAgeOutOfRange(Malformed):
    """An age is 1 to 120 whole years."""

    code = "regulation.age_out_of_range"


class RegulationHoursImpossible(Malformed):
    """Not two different times of the day."""

    code = "regulation.hours_impossible"


class ScanRouteNotFound(NotFound):
    code = "scan_route.not_found"


class ProductDiffers(Conflict):
    """The same id again, with other contents."""

    code = "product.differs"


class BarcodeTaken(Conflict):
    """The code already means another quantity of the same product."""

    code = "barcode.taken"


class CategoryInsideItself(Conflict):
    code = "category.inside_itself"


class PriceInThePast(Conflict):
    """A price that has held is a fact: prices are set from now on."""

    code = "price.in_the_past"


class PriceOverlaps(Conflict):
    """Another price is planned inside the period; `planned` says from when."""

    code = "price.overlaps"


class PriceOffStep(Conflict):
    """The price is not a multiple of the list's price step."""

    code = "price.off_step"


class ScanRouteOverlaps(Conflict):
    """A code could be read by both routes; `other` is the one already there."""

    code = "scan_route.overlaps"


class WrongCheckDigit(Malformed):
    code = "barcode.check_digit"


class BadBarcode(Malformed):
    code = "barcode.malformed"


class BadScanRoute(Malformed):
    """`why` says which part."""

    code = "scan_route.malformed"


class LabelNotReadable(Malformed):
    """No label of a scale: `why` is "code", "check" (digit) or "printed"."""

    code = "label.not_readable"


class NoName(Malformed):
    code = "catalog.no_name"


class MarginOutOfRange(Malformed):
    """A margin is 0 to 9999 basis points of the price: of 100 % nothing could be paid."""

    code = "catalog.margin_out_of_range"
