"""Chains, attributions, posts and what figures count are sealed under their coding; a relation's post under its party."""

import tumen.archive.sealed
from django.db import migrations


from tumen.archive import sealing


def seal(apps, _schema):
    said = {"attributed_to": sealing.line, "chain": sealing.chain}
    post = {"rank": sealing.line, "post": sealing.line}
    for model, owner, fields in (
        ("Telling", "coding_id", {"chain": sealing.chain}),
        ("PracticeStatement", "coding_id", said),
        ("Figure", "coding_id", {**said, "counted": sealing.line, "population": sealing.line}),
        ("Quotation", "coding_id", {"role": sealing.line, "chain": sealing.chain}),
        ("Involvement", "coding_id", post),
        ("Relation", "party_id", post),
    ):
        sealing.seal_columns(apps, f"coding.{model}", owner, fields)


class Migration(migrations.Migration):
    dependencies = [
        ("coding", "0005_anchor_of_passage"),
    ]

    operations = [
        migrations.AlterField(
            model_name="figure",
            name="attributed_to",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=300, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="figure",
            name="chain",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="publisher first, origin last", null=True, owner="coding_id"
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="counted",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=500, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="figure",
            name="population",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=500, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="involvement",
            name="post",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="involvement",
            name="rank",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="practicestatement",
            name="attributed_to",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=300, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="practicestatement",
            name="chain",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="who says so through whom, publisher first", null=True, owner="coding_id"
            ),
        ),
        migrations.AlterField(
            model_name="quotation",
            name="chain",
            field=tumen.archive.sealed.SealedField(editable=True, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="quotation",
            name="role",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=300, null=True, owner="coding_id"),
        ),
        migrations.AlterField(
            model_name="relation",
            name="post",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner="party_id"),
        ),
        migrations.AlterField(
            model_name="relation",
            name="rank",
            field=tumen.archive.sealed.SealedField(editable=True, max_length=200, null=True, owner="party_id"),
        ),
        migrations.AlterField(
            model_name="telling",
            name="chain",
            field=tumen.archive.sealed.SealedField(
                editable=True, help_text="hearsay, nearest first: neighbour < guard", null=True, owner="coding_id"
            ),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
