"""What a community is called: its name, or what tells one without a name from the others."""

from __future__ import annotations

from geo.texts import N_, Phrase, Say

UNNAMED = N_("未命名小区 {key}")
# How a search may begin that asks for communities without a name, in either language, longest first.
_WORDS = (N_("未命名小区"), N_("未命名"), "unnamed community", "unnamed")
_FEWEST_CHARACTERS = 2  # of a word that is still being typed


def call(name: str | None, key: str | None, say: Say = Phrase) -> str:
    """Return what people call a community.

    Parameters
    ----------
    name
        None for a community without one.
    key
        Tells it from the others; see `portal.store.communities.unnamed_keys`. Not read where there is a name.
    say
        Says it in a language; without it the answer is a phrase that can still be said in any.

    >>> call("安华苑", None), call(None, "8466")
    ('安华苑', '未命名小区 8466')
    """
    return name or say(UNNAMED, key=key)


def key_sought(text: str) -> str:
    """Return the part of a key that a search asks for, "" for every community without a name.

    >>> key_sought("未命名小区 84"), key_sought("8466"), key_sought("Unnamed")
    ('84', '8466', '')
    """
    wanted = text.strip().casefold()
    for word in _WORDS:
        if len(wanted) >= _FEWEST_CHARACTERS and word.startswith(wanted):
            return ""
        if wanted.startswith(word):
            return wanted.removeprefix(word).strip()
    return wanted


def tell_apart(unnamed: int, unlocated: int, without_street: int = 0) -> str:
    """Return how a number of communities is made up where a reader would not expect it, else "".

    Parameters
    ----------
    unnamed
        On the map and without a name.
    unlocated
        Named and without a place on the map; one of the former may be one of these.
    without_street
        Under no street.
    """
    counts = (
        (N_("图上未命名 {n:,}"), unnamed),
        (N_("名册未定位 {n:,}") if unnamed else N_("未定位 {n:,}"), unlocated),
        (N_("未归属街道 {n:,}"), without_street),
    )
    parts = [Phrase(text, n=n) for text, n in counts if n]
    if unnamed and unlocated:
        parts[:2] = [
            Phrase(N_("{unnamed}、{unlocated}（两者可能重复）"), unnamed=parts[0], unlocated=parts[1])
        ]
    return Phrase(N_("其中{parts}"), parts=parts) if parts else ""
