"""The forms of sources: what is said about files that come in, and about a source that is there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tumen import dates
from tumen.archive import versions
from tumen.columns import Mask
from tumen.guard import masks
from tumen.guard.models import Compartment, Membership, User
from tumen.sources import lists
from tumen.sources.models import Source

NOTHING = [("", "")]


class DateText(forms.CharField):
    """A date as people write it, kept as EDTF."""

    def clean(self, value: Any) -> str:
        """Return the EDTF text, or say what is wrong with the date."""
        words = super().clean(value)
        if not words:
            return ""
        try:
            return dates.read(words).text
        except dates.InvalidDate as error:
            what, advice = error.told(gettext)
            told = (gettext("{what}.").format(what=part[:1].upper() + part[1:]) for part in (what, advice))
            raise forms.ValidationError(" ".join(told)) from error


class FactsForm(forms.Form):
    """What the person who adds files says about them. It goes for each of the files."""

    kind = forms.ChoiceField(label=_("Kind of source"), initial="other")
    compartment = forms.ChoiceField(
        label=_("Compartment"), help_text=_("Who may see it: everybody with a role in this compartment.")
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("Recognised from the text when left empty.")
    )
    published = DateText(
        label=_("Published"),
        required=False,
        max_length=60,
        help_text=_("A date, as exact as it is known: 2011-05, winter 2011."),
    )
    publisher = forms.CharField(label=_("Publisher"), required=False, max_length=300)
    channel = forms.CharField(
        label=_("Channel"),
        required=False,
        max_length=80,
        help_text=_("How it reached you: handed over, by mail, from the web."),
    )
    collector = forms.CharField(
        label=_("Collector"), required=False, max_length=200, help_text=_("Who took it down or found it.")
    )
    reliability = forms.ChoiceField(
        label=_("Reliability"), required=False, help_text=_("Of the source as such, apart from what it says.")
    )
    risk = forms.CharField(
        label=_("Risk"), required=False, max_length=80, help_text=_("What could happen to whom if it leaked. No names.")
    )
    embargo = DateText(
        label=_("Embargo until"),
        required=False,
        max_length=60,
        help_text=_("Nothing of it is published before this date."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = versions.visible(Compartment.objects.filter(pk__in=masks.writable(user))).order_by("title")
        self._choose("compartment", [(str(row.pk), row.title) for row in rows])
        self._choose("kind", lists.choices("source_kind"))
        self._choose("language", NOTHING + lists.choices("language"))
        self._choose("reliability", NOTHING + lists.choices("reliability"))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def facts(self) -> dict[str, Any]:
        """Return what was said, for the intake; the compartment by its id."""
        return {**self.cleaned_data, "compartment": int(self.cleaned_data["compartment"])}

    def problems(self) -> str:
        """Return all that is wrong in one line."""
        told = [f"{self.fields[name].label}: {error}" for name, errors in self.errors.items() for error in errors]
        return " ".join(told)


class SourceForm(FactsForm):
    """Everything that is known about a source. `base` is the version that the editor saw."""

    title = forms.CharField(
        label=_("Title"), max_length=500, help_text=_("Everybody sees titles: no names of persons at risk.")
    )
    status = forms.ChoiceField(label=_("Status"), choices=Source.Status.choices)
    assignee = forms.ChoiceField(label=_("Who works on it"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the office; kept sealed."),
    )
    base = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("title", "kind", "status", "assignee", "compartment")

    def __init__(self, user: User, mask: Mask, source: Source, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        members = versions.visible(Membership.objects.filter(compartment=source.compartment_id)).values("user")
        people = User.objects.filter(pk__in=members).order_by("username")
        self._choose("assignee", NOTHING + [(str(person.pk), person.username) for person in people])
        if not mask.opens(masks.NOTES, source.compartment_id):
            del self.fields["note"], self.fields["risk"]
        for name in ("kind", "language"):
            self._keep_retired(name, getattr(source, name))

    def _keep_retired(self, name: str, code: str) -> None:
        """Offer the value that the source has even when the list no longer does."""
        field: Any = self.fields[name]
        choices = list(field.choices)
        if code and code not in {value for value, _label in choices}:
            self._choose(name, [*choices, (code, gettext("%(term)s (retired)") % {"term": code})])

    def values(self) -> dict[str, Any]:
        """Return the fields of the source as they were entered."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "base"}
        values["compartment_id"] = int(values.pop("compartment"))
        values["assignee"] = int(values["assignee"]) if values["assignee"] else None
        return values
