"""The lists that come with Tumen: complete, in conduct's words, and mapped to schemes that exist."""

import re

import pytest

from tumen.vocabularies import LANGUAGES, TEXTS, Term, Trilingual, Vocabulary, load

LISTS = load()
ACTS = LISTS["act_type"]

# The first-level types of the NKDB database; the last four are not confirmed by a public source.
NKDB_CONFIRMED = {
    "liberty": "개인의 존엄성 및 자유권",
    "movement": "이주 및 주거권",
    "life": "생명권",
    "suspects": "피의자와 구금자의 권리",
    "belief": "신념 및 표현의 권리",
    "survival": "생존권",
    "labour": "노동권",
    "reproduction": "재생산권",
    "health": "건강권",
    "education": "교육권",
    "politics": "정치 참여권",
    "assembly": "집회 및 결사의 자유",
}
NKDB_UNCONFIRMED = {"property", "family", "minorities", "other"}
NKDB_SECOND_LEVEL = {
    "liberty.detention": "불법구금",
    "liberty.torture": "고문 및 폭행",
    "liberty.trafficking": "강제매춘 및 인신매매",
    "liberty.abduction": "납치·억류·유괴",
    "movement.repatriation": "강제송환",
    "movement.banishment": "국내추방",
    "life.judicial": "사법적 집행",
    "life.summary": "즉결처형",
    "survival.starvation": "아사",
    "reproduction.abortion": "강제낙태",
    "belief.religion": "종교박해",
}
COI_AREAS = {
    "food", "camps", "torture", "detention", "discrimination", "expression", "life", "movement", "disappearance",
}  # fmt: skip
MT4_GROUPS = {f"{number:02}" for number in (*range(1, 18), *range(30, 39), *range(50, 57), *range(70, 74), 90)}
MT4_CODES = {
    "01010101", "01010103", "01010201", "010106", "01019001", "01019003", "02010302", "02010305", "02011101",
    "02011103", "02011111", "030102", "030103", "030104", "030106", "040101", "050101", "050106", "070102", "080101",
    "080103", "080105", "110101", "30010201", "30010202", "330101", "330103", "360102", "380101",
}  # fmt: skip
HTCDS_VALUES = {
    "act_type": {
        "ForcedLabour", "SexualExploitation", "ChildLabour", "ForcedMarriage", "Servitude", "OrganRemoval",
        "ForcedBegging", "ForcedAdoption", "Surrogacy",
    },
    "exploitation": {
        "ForcedLabour", "SexualExploitation", "ChildLabour", "ForcedMarriage", "Servitude",
        "ForcedMilitaryByNonStateActors", "OrganRemoval", "ForcedBegging", "ForcedAdoption", "Surrogacy", "Other",
        "Prostitution", "Pornography", "RemoteInteractiveServices", "PrivateSexualServices",
    },
    "control": {
        "PhysicalThreats", "ThreatsLawEnforcement", "ThreatensChildrenFamily", "DebtBondage", "FalsePromises",
        "PhysicalAbuse", "SexualAbuse", "TakesEarnings", "RestrictsFinancialAccess", "RestrictsMedicalCare",
        "WithholdsNecessities", "PsychologicalAbuse", "PsychoactiveSubstance", "ExcessiveWorkingHours",
        "WithholdsDocuments", "RestrictsMovement", "UsesChildren", "Other",
    },
}  # fmt: skip

# Words that characterise conduct in law, which a coder's label must not do; "also" words may, so that they are found.
LEGAL_WORDS = re.compile(
    r"tortur|slave|traffick|servitude|persecut|crim|unlawful|illegal|arbitrar|genocid|refoul|inhuman|degrading|violat"
    r"|enforced|murder|assassin|extermin|고문|노예|인신매매|박해|불법|범죄|자의적|절멸|酷刑|奴|贩运|迫害|非法|犯罪|任意|灭绝",
    re.IGNORECASE,
)


def each_term() -> list[tuple[Vocabulary, Term]]:
    return [(vocabulary, term) for vocabulary in LISTS for term in vocabulary]


def test_all_lists_of_the_record_model_are_there() -> None:
    assert set(LISTS.lists) == {
        "act_type", "age_band", "agency", "cause", "circumstance", "coi9", "connection", "consent_audience",
        "consent_grain", "consent_purpose", "consent_state", "consequence", "control", "credibility", "degree",
        "education", "evidence_form", "exploitation", "fate", "figure_unit", "gap", "ilo11", "interview_channel",
        "interview_place", "language", "life_event", "marital", "method", "name_kind", "nkdb", "occupation",
        "origin_class", "palermo", "party_kind", "party_membership", "place_type", "precision", "qualifier",
        "relation", "reliability", "religion", "role", "rome7", "sex", "source_kind", "specificity", "stance",
        "status_after", "transfer",
    }  # fmt: skip


def test_every_term_and_title_has_three_labels() -> None:
    for vocabulary in LISTS:
        assert all(vocabulary.title.own(lang) for lang in LANGUAGES), vocabulary.code
        assert vocabulary.about, vocabulary.code
    assert [
        (vocabulary.code, term.code)
        for vocabulary, term in each_term()
        if not all(term.label.own(lang) for lang in LANGUAGES)
    ] == []


def test_what_is_written_in_one_language_is_written_in_all_three() -> None:
    assert [
        (vocabulary.code, term.code, field)
        for vocabulary, term in each_term()
        for field in TEXTS
        if (texts := getattr(term, field)) != Trilingual() and not all(texts.own(lang) for lang in LANGUAGES)
    ] == []


@pytest.mark.parametrize(
    "list_code",
    [
        "act_type", "agency", "circumstance", "connection", "control", "degree", "evidence_form", "exploitation",
        "fate", "ilo11", "method", "palermo", "place_type", "role", "transfer",
    ],
)  # fmt: skip
def test_every_term_of_a_list_that_coders_choose_from_is_defined(list_code: str) -> None:
    assert [term.code for term in LISTS[list_code] if term.definition == Trilingual()] == []


def test_a_definition_does_not_repeat_the_label() -> None:
    for vocabulary, term in each_term():
        for lang in LANGUAGES:
            definition = term.definition.own(lang).rstrip(".。")
            assert definition != term.label.own(lang), (vocabulary.code, term.code, lang)


def test_korean_labels_are_in_hangul_and_chinese_ones_in_simplified_han() -> None:
    letters = re.compile(r"[가-힣]")
    numbers_only = re.compile(r"[\d-]+")
    for _, term in each_term():
        assert letters.search(term.label.ko) or numbers_only.fullmatch(term.label.ko), term.label
        assert re.search(r"[一-鿿]", term.label.zh) or numbers_only.fullmatch(term.label.zh), term.label
        assert not letters.search(term.label.zh), term.label
        # Characters that a Korean or traditional-Chinese keyboard would leave behind.
        assert not re.search(r"[國學會發與關係賣買還這個們來時對為無從種類證東車軍區縣]", term.label.zh), term.label


def test_no_two_terms_under_one_parent_have_the_same_label() -> None:
    for lang in LANGUAGES:
        seen: dict[tuple[str, str | None, str], str] = {}
        for vocabulary, term in each_term():
            key = (vocabulary.code, term.parent, term.label.own(lang))
            assert key not in seen, (term.code, seen[key])
            seen[key] = term.code


def test_a_favourite_list_is_short_enough_to_be_read() -> None:
    assert len(LISTS.favourites("act_type")) == 60
    for vocabulary in LISTS:
        if vocabulary.code != "act_type":
            assert len(vocabulary.favourites()) <= 10, vocabulary.code


@pytest.mark.parametrize(
    "list_code",
    ["agency", "cause", "circumstance", "life_event", "occupation", "place_type", "relation", "source_kind"],
)
def test_a_long_list_offers_favourites(list_code: str) -> None:
    assert len(LISTS.favourites(list_code)) >= 8


def test_unknown_is_a_gap_and_not_a_term_except_where_a_scale_has_it() -> None:
    holding = {vocabulary.code for vocabulary in LISTS if any(term.code.endswith("unknown") for term in vocabulary)}
    assert holding == {"gap", "precision"}


# The act types.


def test_there_are_act_types_on_five_levels() -> None:
    assert {term.level for term in ACTS} == {1, 2, 3, 4, 5}


def test_no_label_of_an_act_type_is_a_word_of_law() -> None:
    assert [label for term in ACTS for lang in LANGUAGES if LEGAL_WORDS.search(label := term.label.own(lang))] == []


def test_every_act_type_says_what_counts_as_one_and_what_does_not_belong_to_it() -> None:
    for term in ACTS:
        assert ACTS.counting_rule(term.code), term.code
        assert ACTS.excludes(term.code), term.code
        if term.level == 2:
            assert term.includes.en, term.code


def test_an_exclusion_names_codes_that_exist_and_the_same_ones_in_each_language() -> None:
    for term in ACTS:
        named = [re.findall(r"[a-z_]+(?:\.[a-z_]+)+", term.excludes.own(lang)) for lang in LANGUAGES]
        assert all(code in ACTS for code in named[0]), (term.code, named[0])
        assert named[0] == named[1] == named[2], term.code


# The crosswalks.


def test_the_nkdb_list_has_the_published_names() -> None:
    nkdb = LISTS["nkdb"]
    assert {term.code for term in nkdb.roots} == NKDB_CONFIRMED.keys() | NKDB_UNCONFIRMED
    assert len(nkdb.roots) == 16
    for code, korean in (NKDB_CONFIRMED | NKDB_SECOND_LEVEL).items():
        assert nkdb.label(code, "ko") == korean
    assert all("unconfirmed" in nkdb.label(code) for code in NKDB_UNCONFIRMED)
    assert not any("unconfirmed" in nkdb.label(code) for code in NKDB_CONFIRMED)


def test_level_one_of_the_act_types_and_of_nkdb_are_the_same_partition() -> None:
    first_levels = {root.code: set[str]() for root in ACTS.roots}
    for term in ACTS:
        (target,) = ACTS.crosswalk(term.code, "nkdb")
        assert target in LISTS["nkdb"]
        first_levels[ACTS.at_level(term.code, 1).code].add(LISTS["nkdb"].at_level(target, 1).code)
    assert all(len(targets) == 1 for targets in first_levels.values()), first_levels
    assert set().union(*first_levels.values()) == NKDB_CONFIRMED.keys() | NKDB_UNCONFIRMED


def test_every_second_level_type_of_nkdb_can_be_reported() -> None:
    for term in LISTS["nkdb"]:
        assert ACTS.mapped_to("nkdb", term.code), term.code


@pytest.mark.parametrize("scheme", ["nkdb", "coi9", "rome7", "palermo"])
def test_a_crosswalk_to_a_list_of_ours_names_its_codes(scheme: str) -> None:
    for vocabulary, term in each_term():
        for target in term.crosswalks.get(scheme, ()):
            assert target in LISTS[scheme], (vocabulary.code, term.code, target)


def test_the_coi_areas_are_nine_and_an_act_type_has_at_most_one() -> None:
    assert set(LISTS.codes_of_list("coi9")) == COI_AREAS
    assert all(len(ACTS.crosswalk(term.code, "coi9")) <= 1 for term in ACTS)


def test_huridocs_crosswalks_are_code_numbers_of_the_microthesauri() -> None:
    for term in ACTS:
        (code,) = ACTS.crosswalk(term.code, "huridocs")
        assert code in MT4_GROUPS | MT4_CODES, (term.code, code)


@pytest.mark.parametrize("list_code", HTCDS_VALUES)
def test_htcds_crosswalks_are_values_of_the_standard(list_code: str) -> None:
    found = {target for term in LISTS[list_code] for target in term.crosswalks.get("htcds", ())}
    assert found == HTCDS_VALUES[list_code]


def test_the_sale_subtree_hints_at_trafficking_and_a_beating_does_not() -> None:
    for code in (
        "liberty.sale.sold.marriage",
        "liberty.sale.sold.cybersex",
        "liberty.sale.moved",
        "liberty.sale.sex.bar",
    ):
        assert ACTS.hints_at_trafficking(code), code
    assert not ACTS.hints_at_trafficking("liberty.assault.beaten")
    assert ACTS.crosswalk("liberty.sale.sold.marriage", "palermo") == (
        "act.transfer",
        "means.payment",
        "purpose.marriage",
    )


def test_the_eleven_indicators_of_forced_labour_are_there() -> None:
    assert len(LISTS["ilo11"]) == 11
