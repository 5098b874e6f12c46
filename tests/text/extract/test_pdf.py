"""What PDF writers do to text is undone."""

from tumen.text.extract.pdf import tidy


def test_radicals_become_the_characters_they_stand_for() -> None:
    assert tidy("⼈权，⾸尔，⻓春，⺠间") == "人权，首尔，长春，民间"


def test_blanks_that_come_from_typesetting_are_one() -> None:
    assert tidy("소외인과  원고   2\r\n다음") == "소외인과 원고 2\n다음"
