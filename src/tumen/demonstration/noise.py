"""How far what is told stands from what was: every parameter of the demonstration's noise, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Noise:
    """Probabilities, each between 0 and 1, of the ways in which a telling departs from the truth.

    The defaults are chosen, not estimated from any archive: they are there so that linking and estimation can be
    scored against a stated difficulty. Each has its meaning beside it, and `describe` gives them as rows.
    """

    date_day: float = 0.14
    """A date is told to the day."""
    date_month: float = 0.32
    """A date is told to the month."""
    date_season: float = 0.10
    """A date is told as a season of a year."""
    date_about: float = 0.10
    """A date is told as a year and "about"; most of the rest is a bare year."""
    date_decade: float = 0.03
    """Only the decade is told."""
    wrong_year: float = 0.03
    """The year told is one off."""
    wrong_month: float = 0.08
    """The month told is one off (within the year)."""
    place_province: float = 0.14
    """Only the province of the place is told."""
    place_country: float = 0.04
    """Only the country is told."""
    place_none: float = 0.05
    """No place is told."""
    wrong_county: float = 0.02
    """Another county of the same province is told."""
    victim_named: float = 0.62
    """A victim who is not the teller is named."""
    perpetrator_named: float = 0.28
    """A perpetrator who can be told apart is named; the others are described."""
    misheard: float = 0.05
    """A name is written with a syllable misheard."""
    syllable_lost: float = 0.03
    """A given name is written with one syllable only."""
    pseudonym: float = 0.04
    """A teller appears under a pseudonym."""
    second_spelling: float = 0.15
    """A named person's name is also given in a second script."""
    given_name_first: float = 0.12
    """A Latin spelling puts the given name first."""
    birth_year_known: float = 0.45
    """The birth year of a person other than the teller is told."""
    wrong_birth_year: float = 0.10
    """That year is one or two off."""
    age_told: float = 0.70
    """The age at the act is told (a trafficked person whose age is told by anybody has it told by everybody)."""
    age_korean: float = 0.15
    """An age is told in Korean reckoning, one more than the Western age or two."""
    type_changed: float = 0.03
    """A retelling is coded to a neighbouring type of act. First tellings are coded right."""
    hearsay_retelling: float = 0.30
    """A retelling by somebody other than the victim rests on hearsay."""
    denial: float = 0.004
    """A retelling denies the act."""
    contradiction: float = 0.01
    """A retelling contradicts an important particular."""
    told_again: float = 0.6
    """An act of a person captured by a further list is told there."""
    told_twice: float = 0.01
    """An act is told by a second source of the same list."""
    not_asked: float = 0.08
    """A field of a party was not asked about."""
    refused: float = 0.02
    """A field of a party was refused."""
    unknown: float = 0.35
    """A field of a party other than the teller is unknown to the teller."""

    def describe(self) -> list[tuple[str, float]]:
        """The parameters as (name, value), in the order of their definition."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]
