"""Addresses of coding."""

from __future__ import annotations

from django.urls import path

from tumen.coding.views import changes, claims, consent, lists, names, options, records, source, texts

app_name = "coding"

urlpatterns = [
    path("sources/<int:number>/code/", source.source, name="source"),
    path("sources/<int:number>/code/new/", claims.new, name="new"),
    path("sources/<int:number>/code/panel/", claims.panel, name="panel"),
    path("sources/<int:number>/code/drafts/<str:form>/", claims.draft, name="draft"),
    path("sources/<int:number>/code/parallel/", source.parallel, name="parallel"),
    path("sources/<int:number>/code/adopt/", source.adopt, name="adopt"),
    path("sources/<int:number>/code/checked/", source.check_off, name="check_off"),
    path("sources/<int:number>/code/places/", options.place_candidates, name="place_candidates"),
    path("sources/<int:number>/consent/", consent.source, name="consent"),
    path("consent/forms/", consent.forms, name="consent_forms"),
    path("consent/forms/<int:number>/", consent.one_form, name="consent_form"),
    path("sources/<int:number>/lost/", texts.lost, name="lost"),
    path("texts/<int:number>/names/", names.review, name="names"),
    path("texts/<int:number>/correct/", texts.correct, name="correct"),
    path("claims/<int:number>/edit/", claims.edit, name="edit"),
    path("claims/<int:number>/retract/", claims.retract, name="retract"),
    path("acts/<int:number>/", records.record, {"slug": "act"}, name="act"),
    path("parties/<int:number>/", records.record, {"slug": "party"}, name="party"),
    path("claims/<int:number>/", records.record, name="record"),
    path("r/<int:number>/", records.permalink, name="permalink"),
    path("changes/<int:seq>/", changes.one, name="change"),
    path("changes/<int:seq>/undo/", changes.undo, name="undo"),
    path("batches/<int:number>/undo/", changes.undo_batch, name="undo_batch"),
    path("vocabularies/", lists.vocabularies, name="vocabularies"),
    path("vocabularies/places/options.json", options.places, name="place_options"),
    path("vocabularies/units/", lists.units, name="units"),
    path("vocabularies/load/", lists.load, name="load_list"),
    path("vocabularies/<slug:list_code>/", lists.vocabulary, name="vocabulary"),
    path("vocabularies/<slug:list_code>/options.json", options.terms, name="term_options"),
    path("vocabularies/<slug:list_code>/retire/", lists.retire, name="retire_term"),
]
