"""Claims and their parts, one file a subject.

Codes are terms of the archive's vocabularies, dates are EDTF text with their earliest and latest day beside them
(`low`, `high`; null when open or unknown), places are gazetteer codes. `gaps` says of a coded field why it is empty
(unknown, no, not asked, refused). Free text is sealed under the party it speaks of, or under its source.
"""

from tumen.coding.models.acts import Act, Episode, Incident, Involvement, Transfer
from tumen.coding.models.base import Claim, Coding, Dated, Draft
from tumen.coding.models.consent import Consent, ConsentForm, DecisionStands, FormReading
from tumen.coding.models.evidence import Anchor, FieldNote, Mark, Telling
from tumen.coding.models.interviews import Interview
from tumen.coding.models.parties import LifeEvent, Name, Party, Relation
from tumen.coding.models.reference import Place, ReferencePopulation, Term, Unit
from tumen.coding.models.statements import Figure, PracticeStatement, Quotation

__all__ = [
    "Act", "Anchor", "Claim", "Coding", "Consent", "ConsentForm", "Dated", "DecisionStands", "Draft", "Episode",
    "FieldNote", "Figure", "FormReading", "Incident", "Interview", "Involvement", "LifeEvent", "Mark", "Name", "Party",
    "Place", "PracticeStatement", "Quotation", "ReferencePopulation", "Relation", "Telling", "Term", "Transfer", "Unit",
]  # fmt: skip
