"""A form that comes back: what was typed, what is wrong, in which field, and what to do.

WTForms would have to be told each message, its remedy and its English again: what can be wrong is
found by the parsers and actions below, whose errors name their field. A form here is what its template
shows; ``templates/_macros/forms.html`` draws it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from portal.errors import BadRequest, SpokenError, status_of
from portal.web import context

# What is searched for is no longer than this: no name is, and the database compares it with all of them.
MOST_CHARACTERS = 60
# Some messages begin with the field as the code calls it.
_FIELD = re.compile(r"^([a-z_]+)(?=：|: )")


@dataclass(frozen=True)
class Mistake:
    """What is wrong, in the viewer's language.

    Parameters
    ----------
    field
        Where it is shown; "" for the form as a whole.
    message, remedy
        What, and what to do; "" where there is nothing more to say.
    status
        Of the answer with the form.
    """

    field: str
    message: str
    remedy: str
    status: int


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as its template shows it.

    Parameters
    ----------
    values
        What is in the fields, as typed.
    mistake
        What is wrong, None when nothing is.

    Attributes
    ----------
    name
        Begins the ids of its messages.
    prefix
        Begins the ids of its fields.
    labels
        Marked text by field: what messages call it.
    ids
        Ids of fields that are not prefix and name.
    shown_at
        The field that a person changes to mend a mistake in another one.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    mistake: Mistake | None = None

    name: ClassVar[str] = "form"
    prefix: ClassVar[str] = ""
    labels: ClassVar[Mapping[str, str]] = {}
    ids: ClassVar[Mapping[str, str]] = {}
    shown_at: ClassVar[Mapping[str, str]] = {}

    def with_mistake(self, error: SpokenError, *, status: int | None = None, field: str = "") -> Self:
        """Return this form with what is wrong.

        Parameters
        ----------
        status
            Of the answer; by default 422 for a mistake in the form, else the error's own.
        field
            Where it is, if the error does not say.
        """
        return replace(self, mistake=self._mistake_of(error, status, field))

    def value(self, name: str) -> str:
        """Return what was typed into a field."""
        return self.values.get(name, "")

    def is_wrong(self, name: str) -> bool:
        """Whether the mistake is shown at this field."""
        return self.mistake is not None and self.mistake.field == name

    def id_of(self, name: str) -> str:
        """Return the id of a field."""
        return self.ids.get(name, f"{self.prefix}{name}")

    def place_of(self, name: str) -> str:
        """Return the field at which a mistake in field ``name`` is shown."""
        return self.shown_at.get(name, name)

    @property
    def leads_to(self) -> str:
        """Id of the field with the mistake; "" where it is in no field of the form."""
        known = self.mistake is not None and self.mistake.field in {*self.labels, *self.shown_at.values()}
        return self.id_of(self.mistake.field) if self.mistake and known else ""

    def mistake_id(self, name: str = "") -> str:
        """Return the id of the message above the form, or of that beside a field."""
        return "-".join(filter(None, (self.name, "error", name)))

    @property
    def status(self) -> int:
        """Status of the answer with this form."""
        return 200 if self.mistake is None else self.mistake.status

    @classmethod
    def named(cls, error: SpokenError) -> BadRequest:
        """Return an error that says the same with this form's names of fields, for an answer to a script."""
        _, message, remedy = cls.spoken(error)
        return BadRequest(message, remedy=remedy)

    @classmethod
    def spoken(cls, error: SpokenError, field: str = "") -> tuple[str, str, str]:
        """Return field, message and remedy of an error in the viewer's language, with names of fields.

        Parameters
        ----------
        field
            Where it is, if the error does not say.
        """
        begins = _FIELD.match(error.msgid)
        where = str(error.params.get("field") or (begins[1] if begins else field))
        # A text without parameters keeps its braces: none is added to it.
        params = error.params and error.params | {"field": cls._called(where)}
        message = _FIELD.sub(lambda found: cls._called(found[1]), context.say(error.msgid, **params))
        return where, message, context.say(error.remedy_msgid, **params) if error.remedy_msgid else ""

    def _mistake_of(self, error: SpokenError, status: int | None, field: str) -> Mistake:
        where, message, remedy = self.spoken(error, field)
        return Mistake(
            field=self.place_of(where),
            message=message,
            remedy=remedy,
            status=status or (422 if isinstance(error, BadRequest) else status_of(error)),
        )

    @classmethod
    def _called(cls, name: str) -> str:
        return context.say(cls.labels[name]) if name in cls.labels else name
