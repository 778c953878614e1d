from hypothesis import given
from hypothesis import strategies as st

from ..typography import french, french_html

EXAMPLES = {
    "Grammy Awards: Bad Bunny": "Grammy Awards\u00a0: Bad Bunny",
    "L'Etat et l'\"ire\"": "L’Etat et l’«\u00a0ire\u00a0»",
    '"CPE XXL", "CPE déguisé" : non': "«\u00a0CPE XXL\u00a0», «\u00a0CPE déguisé\u00a0»\u00a0: non",
    "Quoi ? Vite! Oui;non; si": "Quoi\u202f? Vite\u202f! Oui;non\u202f; si",
    "«Oui» et « non »": "«\u00a0Oui\u00a0» et «\u00a0non\u00a0»",
    "gêne... trop": "gêne… trop",
    '«"Un"': "«\u00a0«\u00a0Un\u00a0»",
    "12% et 30 €": "12\u00a0% et 30\u00a0€",
}
UNTOUCHED = [
    "à 10:30, 2:1 et https://exemple.fr/?a=1",
    'un écran de 15" et un autre',
    '"une "paire" dans une autre"',
    "285.000 et 3.75 millions",
    "5'30",
]


def test_typography_is_french():
    for text, expected in EXAMPLES.items():
        assert french(text) == expected


def test_what_is_not_clear_stays_as_it_was_sent():
    for text in UNTOUCHED:
        assert french(text) == text


@given(st.text(alphabet="ab1 '\"«»:;!?.%€…\u00a0\u202f(—", max_size=30))
def test_typography_applied_twice_changes_nothing_more(text):
    assert french(french(text)) == french(text)


@given(st.text(max_size=30))
def test_letters_and_digits_are_never_changed(text):
    kept = [character for character in text if character.isalnum()]
    assert [character for character in french(text) if character.isalnum()] == kept


def test_elements_and_their_attributes_are_left_alone():
    markup = "<p><a href=\"/a?b=1&amp;c='2'\">L'un &amp; l'autre</a>: <em>\"oui\"</em></p>"
    expected = (
        "<p><a href=\"/a?b=1&amp;c='2'\">L’un &amp; l’autre</a>: <em>«\u00a0oui\u00a0»</em></p>"
    )
    assert french_html(markup) == expected
