"""Addresses of lists, tables and the register of figures."""

from __future__ import annotations

from django.urls import path

from tumen.counting.views import consent, exports, lists, tables

app_name = "counting"

urlpatterns = [
    path("lists/<slug:unit>/", lists.show, name="list"),
    path("lists/<slug:unit>/facet/", lists.facet, name="facet"),
    path("lists/<slug:unit>/tabs/", lists.tabs, name="tabs"),
    path("lists/<slug:unit>/export/<slug:form>/", exports.export_list, name="export"),
    path("consent/", consent.report, name="consent"),
    path("search/", lists.search_words, name="search"),
    path("figures/", lists.figures, name="figures"),
    path("tables/", tables.gallery, name="tables"),
    path("tables/table/", tables.show, name="table"),
    path("tables/table/save/", tables.save, name="save"),
    path("tables/table/export/<slug:form>/", exports.export_table, name="export_table"),
    path("tables/saved/<int:number>/remove/", tables.remove, name="remove"),
    path("tables/ready/<slug:name>/", tables.ready, name="ready"),
]
