"""The columns of text that are not sealed, each with the reason; a test demands that every other one is.

Sealed is what people type and what may name a person, so that it can be erased. Plain is what comes from a closed list
or from the program, and the few free texts below, whose forms say what does not belong in them. All of it is encrypted
at rest with the rest of the archive.
"""

from __future__ import annotations

MADE_BY_THE_PROGRAM = {
    "archive.change.kind": "what the program did",
    "archive.change.why": "the program's own sentences; what a person typed is in `said`, sealed",
    "archive.change.salt": "random",
    "archive.change.digest": "a salted hash of stored values, ciphertext by the hash of it",
    "archive.leaf.salt": "random; under an original's or a reason's key where there is one",
    "archive.leaf.nodes": "hashes",
    "archive.checkpoint.note": "a name, a number, a day, a size, a hash and a signature",
    "archive.attestation.kind": "cosignature or timestamp",
    "archive.attestation.content": "a signature",
    "archive.attestation.trust": "a public key or certificate of a second party or authority",
    "archive.batch.kind": "what the program did",
    "archive.batch.why": "the program's own sentences; what a person typed is in `said`, sealed",
    "archive.batch.cursor": "how far a job got, as the program counts",
    "archive.superseded.model": "a kind of record",
    "archive.superseded.data": "old states, in which sealed values are sealed as in the live row",
    "archive.job.kind": "a kind of work",
    "archive.job.params": "ids, tokens and switches",
    "archive.job.cursor": "where to resume",
    "archive.job.result": "ids and the program's sentences; emptied by every erasure",
    "archive.job.message": "progress, or what went wrong, which may quote a file; emptied by every erasure",
    "archive.blindindex.purpose": "a kind of index",
    "archive.blindindex.digest": "a keyed hash, deleted with the owner's key",
    "archive.property.key": "a fact about the archive itself",
    "archive.property.value": "a fact about the archive itself",
    "sources.original.sha256": "the hash of a file, which only those see who may read it",
    "sources.original.media_type": "a media type",
    "sources.original.object": "a keyed hash",
    "sources.original.warnings": "the reader's own sentences about a file",
    "sources.text.pages": "positions",
    "sources.upload.id": "random",
    "sources.upload.modified": "a time",
    "sources.upload.parts": "names of objects, which are keyed hashes",
    "sources.upload.trouble": "the reader's own sentences; gone with the upload",
    "coding.draft.form": "which form: a kind and a number",
    "coding.name.script": "a script, recognised",
    "coding.*.gaps": "fields and reasons from the list `gap`",
    "coding.anchor.field": "a field of a form",
    "coding.mark.field": "a field of a form",
    "coding.fieldnote.field": "a field of a form",
    "coding.mark.term": "a term of a list, or the name of a list of sources",
    "coding.consent.answers": "cells of the grid and their states, all terms",
    "coding.formreading.answers": "cells of the grid and their states, all terms",
    "linking.run.label": "what the program called a run",
    "linking.run.model": "the name of a model",
    "linking.chosen.field": "a field of a form",
    "linking.chosen.rule": "the name of a rule",
    "counting.columnsnapshot.frame": "a kind of rows",
    "counting.columnsnapshot.data": "codes and numbers",
    "counting.freetext.token": "random",
    "counting.definition.asks": "codes of a table; searched words are left out of it",
    "auth.*": "Django's permissions, named by it; not used",
    "contenttypes.*": "names of tables",
    "sessions.*": "who is logged in, in which language; gone with the session",
    "account.*": "no e-mail is asked for or kept",
    "mfa.*": "factors of a login, of the group's own people; codes' secrets are sealed, keys' are public",
    "guard.session.session_key": "random",
    "guard.session.session_data": "sealed as a whole under the archive key",
    "guard.session.address": "where a browser is, as the network gives it; gone with the session",
    "guard.session.device": "browser and system, from closed lists",
    "guard.auditevent.kind": "what happened, from a closed list",
    "guard.auditevent.what": "a word of the program's own",
    "guard.auditevent.address": "where a browser was, as the network gave it",
}

CODED = {
    "sources.source.kind": "a term of `source_kind`",
    "sources.source.language": "a term of `language`",
    "sources.source.published": "EDTF",
    "sources.source.reliability": "a term of `reliability`",
    "sources.source.embargo": "EDTF",
    "sources.text.language": "a term of `language`",
    "coding.transfer.kind": "a term of `transfer`",
    "coding.interview.channel": "a term of `interview_channel`",
    "coding.interview.place_class": "a term of `interview_place`; never a place",
    "coding.interview.language": "a term of `language`",
    "coding.consentform.language": "a term of `language`",
    "coding.consentform.since": "EDTF",
    "coding.consent.date": "EDTF",
}

TYPED = {
    "archive.identifier.scheme": "the name of a list or system, which the form asks for; the number itself is sealed",
    "guard.user.*": "the group's own people, not those in the archive",
    "guard.compartment.*": "named once, by whoever sets the archive up",
    "sources.passage.page": "a page or shelf mark",
    "sources.passage.row": "the number of a row",
    "sources.passage.time_code": "a time in a recording",
    "coding.term.*": "vocabulary: terms of conduct, places, roles; the archive's words, not what anybody told",
    "coding.place.*": "the gazetteer: no place finer than what may be shown",
    "coding.unit.*": "public bodies and facilities, counted and shown to all; the form says no names of persons",
    "coding.consentform.code": "what is printed on a form of the group; its text is sealed",
    "coding.referencepopulation.*": "published denominators, with their publication",
    "counting.freetext.text": "a user's own searches, shown to nobody else; those with a name go when she is erased",
}


def reason(column: str) -> str | None:
    """Return why a column (app.model.field) is plain, None for one that must be sealed."""
    app, model, field = column.split(".")
    for group in (MADE_BY_THE_PROGRAM, CODED, TYPED):
        for name in (column, f"{app}.{model}.*", f"{app}.*.{field}", f"{app}.*"):
            if name in group:
                return group[name]
    return None
