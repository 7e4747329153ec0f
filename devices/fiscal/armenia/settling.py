"""Which numbers a document of unknown fate can have, from what the book knows. Pure."""

from devices.fiscal.armenia.book import Attempt, Book

MOST_LOOKS = 20


def candidates(book: Book, attempt: Attempt) -> list[int]:
    """Numbers to look under, the likeliest first.

    A register counts its documents: this one's number is above every earlier one's and below every later one's.
    """
    after = book.after(attempt)
    if attempt.before is not None:
        numbers = range(attempt.before + 1, min(after or 2**53, attempt.before + 1 + MOST_LOOKS))
    elif after is not None:
        numbers = range(after - 1, max(0, after - 1 - MOST_LOOKS), -1)
    else:
        return []
    taken = book.numbers()
    return [number for number in numbers if number not in taken]


def proven_absent(book: Book, attempt: Attempt) -> bool:
    """Whether no number is left that it could have."""
    return attempt.before is not None and book.after(attempt) is not None and not candidates(book, attempt)
