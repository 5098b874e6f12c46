"""Sentences that are kept, or raised by services, in English, and shown in the language of the page by `told`.

A service's error is read in a terminal too, and a reason in the history must read the same to everyone: so both stay
English where they are made. tests/workbench/test_translations.py fails when a reason for a change is missing here.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from tumen.archive.sentences import know
from tumen.text.extract import TEMPLATES
from tumen.workbench.msgids import FILES

WHYS = (
    _("a new archive: shipped vocabularies, first compartment, first user"),
    _("demonstration archive (fictional)"),
    _("Known truth of the demonstration"),
    _("taken in from a browser"),
    _("taken in with tumen add"),
    _("what is known about a source"),
    _("what a source rests on"),
    _("resolving by judgements"),
    _("places loaded from a file"),
    _("list {list} loaded from a file"),
    _("the list was revised"),
    _("unit added"),
    _("text corrected"),
    _("passage placed in the corrected text"),
    _("names marked in a text"),
    _("names turned down in a text"),
    _("marks of names taken off a text"),
    _("names in a text reviewed"),
    _("a text’s names are to be reviewed again"),
    _("an independent coding"),
    _("adopted after comparison"),
    _("checked"),
    _("to be checked again"),
    _("brought back"),
    _("retracted by the coder"),
    _("saved a table"),
    _("removed a saved table"),
    _("consent decided"),
    _("consent decisions from a file"),
    _("a form of consent"),
    _("a form of consent read"),
    _("evidence bag of source {n}"),
    _("{kind} recorded"),
    _("{kind} changed"),
    _("account made"),
    _("role given"),
    _("role taken back"),
    _("account closed for a while"),
    _("account opened again"),
    _("undo"),
    _("redo"),
    _("drop"),
)
"""Why something was changed."""

RECORDS = (
    _("act"), _("party"), _("relation"), _("life_event"), _("life event"), _("practice"), _("practice statement"),
    _("figure"), _("quotation"), _("incident"), _("episode"), _("telling"), _("involvement"), _("transfer"),
    _("name"), _("identifier"), _("judgement"), _("run"), _("chosen"), _("definition"), _("source"), _("text"),
    _("passage"), _("coding"), _("term"), _("place"), _("unit"), _("original"), _("citation"), _("compartment"),
    _("membership"), _("suspension"), _("anchor"), _("mark"), _("reference population"), _("field note"),
    _("interview"), _("consent"), _("consent form"), _("form reading"),
    _("name marks"),
)  # fmt: skip
"""What records are called in reasons, on the page of changes and of a source."""

JOBS = (
    _("take in"), _("Waiting"), _("Running"), _("Done"), _("Failed"), _("Stopped"), _("verify"), _("init"), _("intake"),
    _("demonstration"), _("its process died {n} times"),
)  # fmt: skip
"""Kinds and states of long work."""

REFUSALS = (
    _("There is no change {n}."),
    _("The key of the custody log is missing or damaged; restore the archive."),
    _("Change {n} is part of the bulk job “{job}”; undo the job as a whole."),
    _("There is no finished bulk job {n} to undo."),
    _("edited since: {fields}; undo the later changes first"),
    _("Record {n} is held by “{job}”, which has not finished."),
    _("Record {n} never had a version {version}."),
    _("The newest change is {newest}; nothing is known yet as of {n}."),
    _("There is no linkage run {n} to count over."),
    _("The words of this search are not known here; search again."),
    _("Source {n} itself rests on source {m}."),
    _("Source {n} has no citation {m}."),
    _("No source has “{words}” in its title."),
    _("Several sources have “{words}” in their titles, give a number: {listed}"),
    _("A file may have {n} GB at most; use `tumen add` for larger ones."),
    _("This upload does not exist any more; choose the file again."),
    _("More arrives than was announced; choose the file again."),
    _("{n} bytes have arrived; send on from there"),
    _("You may not add sources to “{compartment}” any more."),
    _("a piece of the upload is not what arrived; choose the file again"),
    _("The connection ended; send on from where the server is."),
    _("The disk is full: the file was not taken in. Free space, then add it again."),
    _("The disk is full or failing ({what}): nothing of this was kept. Free space, then try again."),
    _("The archive's files are damaged or do not belong together ({what}). Restore them from a backup."),
    _(
        "The archive's folder cannot be written ({what}): it is read-only, belongs to another user, or was moved. "
        "Nothing was changed."
    ),
    _("The reading process cannot be started; no file is at fault."),
    _("“{code}” is no other term of the list {list}. Choose one from the list."),
    _("A unit needs a name."),
    _("“{code}” is no term of the list agency. Choose one from the list."),
    _("{range} is not a stretch of a text of {n} characters."),
    _("The text was corrected meanwhile, and these words are not in it."),
    _("You have worked on this coding yourself: somebody else has to check it."),
    _("There is no role “{role}”; there are {roles}."),
    _("The role {role} stands in the archive as a whole, not in a compartment."),
    _("The role {role} stands in a compartment: say which."),
    _("Nobody gives herself a role: another administrator has to."),
    _("Somebody else must be an administrator first: nobody could give roles any more."),
)
"""What services refuse, as far as a page shows it."""

WORK = (
    _("saving a change"), _("beginning an undo"), _("beginning a bulk job"), _("beginning to drop a bulk job"),
    _("writing an index"), _("reserving ids"), _("asking for a job"), _("stopping a job"), _("starting a job"),
    _("writing the progress of a job"), _("reading identity keys"), _("writing identity keys"), _("erasing keys"),
    _("opening the identity keys"), _("erasing"), _("taking a file in"), _("removing an upload"), _("keeping a draft"),
    _("keeping the audit"), _("ending a login"),
)  # fmt: skip
"""What was being done when the disk was full."""

know(*TEMPLATES, *WHYS, *RECORDS, *REFUSALS, *JOBS, *WORK)
know(*FILES, about="files")
