"""Forms of claims, built from `kinds`: what a page shows, and what a post hands to the verbs.

Inputs are named as the fields (`date`; `age_low` and `age_high`, which `ranges` reads), `<field>-gap` says why a field
is empty, `<field>-note` is the clarifying note on it, `<field>-base` and `<field>-note-base` what codes and note the
form started from, `<part>-<n>-<field>` is a field of a part, `evidence` is "field:start-end" in the text named by
`_text`, "field:text:start-end", or "field:p<passage>".
"""

from tumen.coding.forms.filling import data_copied, data_from
from tumen.coding.forms.making import form_of
from tumen.coding.forms.model import Chip, ClaimForm, Input, PartForm
from tumen.coding.forms.posted import Data, data_of, entry_of
from tumen.coding.forms.selected import data_selected

__all__ = [
    "Chip", "ClaimForm", "Data", "Input", "PartForm", "data_copied", "data_from", "data_of", "data_selected",
    "entry_of", "form_of",
]  # fmt: skip
