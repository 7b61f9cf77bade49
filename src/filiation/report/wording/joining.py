"""What the pages say of keys, of who is to join, and of everybody's address."""

from typing import Final

__all__ = [
    *("ADDRESSES", "FIRST_KEY", "GUEST_KEY", "HANDED_IN", "HAND_IN", "HAVE_KEY", "INVITE"),
    *("INVITED", "KEY_BUTTON", "KEY_MADE", "KEY_NAME", "MAKE_KEY", "NOT_HELD", "NO_KEYS_HERE"),
    *(
        "ONE_KEY",
        "OPENS_NEXT",
        "PUBLIC_INSTEAD",
        "SEE_CASE",
        "handed_key",
        "how_signs",
        "too_many_guests",
    ),
]

ADDRESSES: Final = (
    "Each address is one person's: hand each to that person alone, and not by what others read. "
    "Nobody can sign with it. The addresses hold until this program ends; the next time it gives "
    "new ones."
)
FIRST_KEY: Final = (
    "Who acts in a case signs with a key of their own. Make one here, or take one that you have; "
    "then comes the next page."
)
GUEST_KEY: Final = (
    "You were invited to join a case, and will sign with a key of your own. Make one here, or take "
    "one that you have."
)
HAND_IN: Final = "Hand its public half in"
HANDED_IN: Final = (
    "The public half of your key was handed in. Once whoever leads the case admits you, this "
    "address shows you the case; tell them the digest below by another way, such as by telephone."
)
HAVE_KEY: Final = "Or take a key that you have"
INVITE: Final = "Make an address for somebody who is to join"
INVITED: Final = "invited; no key was handed in yet"
KEY_BUTTON: Final = "Make it and hand in the public half"
KEY_MADE: Final = (
    "Your key was made in this browser. Keep the file that ends in .pem: whoever has it signs as "
    "you, nobody can make it again, and it was not sent. The file that ends in .pub is for others."
)
KEY_NAME: Final = "What the file is to be called: a-z, 0-9 and '-'"
MAKE_KEY: Final = "Make a key here"
NO_KEYS_HERE: Final = (
    "This browser runs no script, or has no Ed25519. Whoever has filiation makes a key by "
    "filiation case key NAME, and sends NAME.pub to whoever leads the case."
)
PUBLIC_INSTEAD: Final = (
    "This key is locked in a way that no browser opens; send NAME.pub to whoever leads the case "
    "instead."
)
NOT_HELD: Final = "the key that was handed in did not sign that it is had here; nothing was done"
OPENS_NEXT: Final = "Open the case"
SEE_CASE: Final = "See the case, once you are admitted"
ONE_KEY: Final = "two keys were given; a party signs with one"


def handed_key(name: str, key: str) -> str:
    """A public key that was handed in, by its name and its digest."""
    return f"{name}: key {key}"


def how_signs(*, key: bool) -> str:
    """Whether a party signs for itself."""
    return "signs for itself" if key else "has no key; the lead records what it says"


def too_many_guests(most: int) -> str:
    """That as many were invited as may be."""
    return f"{most} people were invited and have not joined; admit them first"
