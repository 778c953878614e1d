from hypothesis import given
from hypothesis import strategies as st

from ..body import clean, split_blocks
from ..merging import merge

EMPTY = {
    "kicker": "",
    "headline": "Titre",
    "slug": "",
    "standfirst": "",
    "dateline": "",
    "credit": "",
    "section": None,
    "topics": [],
    "bylines": [],
    "body": "",
}


def snapshot(*paragraphs, **fields):
    return {**EMPTY, "body": "".join(f"<p>{text}</p>" for text in paragraphs), **fields}


def merged_body(base, theirs, mine):
    return merge(snapshot(*base), snapshot(*theirs), snapshot(*mine)).snapshot["body"]


def test_fields_that_one_side_changed_are_merged():
    result = merge(snapshot(), snapshot(kicker="Leur"), snapshot(credit="Mien"))
    assert (result.snapshot["kicker"], result.snapshot["credit"]) == ("Leur", "Mien")
    assert not result.conflicts
    assert result.taken == ["kicker"]


def test_field_that_both_changed_is_a_conflict_with_both_texts():
    (conflict,) = merge(
        snapshot(), snapshot(headline="Leur titre"), snapshot(headline="Mon titre")
    ).conflicts
    assert (conflict.name, conflict.base) == ("headline", "Titre")
    assert (conflict.theirs, conflict.mine) == ("Leur titre", "Mon titre")


def test_same_change_by_both_is_no_conflict():
    same = snapshot("Autre", headline="Le même")
    assert not merge(snapshot("Un"), same, same).conflicts


def test_paragraphs_that_one_side_changed_are_merged():
    body = merged_body(["un", "deux", "trois"], ["UN", "deux", "trois"], ["un", "deux", "TROIS"])
    assert body == "<p>UN</p><p>deux</p><p>TROIS</p>"


def test_neighbours_that_each_side_changed_are_merged():
    body = merged_body(["un", "deux"], ["UN", "deux"], ["un", "DEUX"])
    assert body == "<p>UN</p><p>DEUX</p>"


def test_answers_take_the_place_of_the_conflicts_in_their_order():
    base = snapshot("un", "deux", "trois")
    theirs = snapshot("UN", "deux", "TROIS", headline="Leur")
    result = merge(base, theirs, snapshot("1", "deux", "3", headline="Mien"))
    assert [c.name for c in result.conflicts] == ["headline", "body", "body"]
    resolved = result.resolve(["Choisi", "<p>a</p>", "<p>b</p>"])
    assert resolved == snapshot("", headline="Choisi") | {"body": "<p>a</p><p>deux</p><p>b</p>"}


def test_paragraph_that_both_changed_is_a_conflict_and_says_where():
    base, theirs, mine = (
        ["un", "deux", "trois"],
        ["zéro", "un", "DEUX", "trois"],
        ["un", "2", "trois"],
    )
    (conflict,) = merge(snapshot(*base), snapshot(*theirs), snapshot(*mine)).conflicts
    assert (conflict.name, conflict.start) == ("body", 2)
    assert (conflict.theirs, conflict.mine) == ("<p>DEUX</p>", "<p>2</p>")


def test_paragraph_deleted_by_one_and_changed_by_the_other_is_a_conflict():
    result = merge(snapshot("un", "deux"), snapshot("un"), snapshot("un", "DEUX"))
    assert [(c.theirs, c.mine) for c in result.conflicts] == [("", "<p>DEUX</p>")]


def test_both_adding_at_the_same_place_keeps_both():
    assert merged_body(["un"], ["un", "leur"], ["un", "mien"]) == "<p>un</p><p>leur</p><p>mien</p>"


def test_topics_are_merged_as_sets():
    base, theirs, mine = ["a", "b"], ["a", "b", "c"], ["b", "d"]
    result = merge(snapshot(topics=base), snapshot(topics=theirs), snapshot(topics=mine))
    assert result.snapshot["topics"] == ["b", "c", "d"]


def test_new_order_of_bylines_is_kept():
    one, two = ({"author": name, "role": "writer", "text": ""} for name in ("a", "b"))
    base, mine = snapshot(bylines=[one, two]), snapshot(bylines=[two, one])
    assert merge(base, snapshot("x", bylines=[one, two]), mine).snapshot["bylines"] == [two, one]


texts = st.lists(st.sampled_from("abcdefgh"), max_size=8)


@given(texts, texts, texts)
def test_merge_with_an_unchanged_side_is_the_other_side(base, other, _unused):
    assert merged_body(base, other, base) == snapshot(*other)["body"]
    assert merged_body(base, base, other) == snapshot(*other)["body"]


@given(
    st.lists(st.integers(0, 30), unique=True, max_size=8),
    st.data(),
)
def test_no_inserted_sentence_is_lost(base, data):
    """Each is in the merged text or in a conflict, whatever the other side did."""

    def edit(label):
        kept = [text for text in base if data.draw(st.booleans())]
        new = [f"{label}{n}" for n in range(data.draw(st.integers(0, 3)))]
        for text in new:
            kept.insert(data.draw(st.integers(0, len(kept))), text)
        return kept, new

    (theirs, added_there), (mine, added_here) = edit("t"), edit("m")
    result = merge(snapshot(*base), snapshot(*theirs), snapshot(*mine))
    found = result.snapshot["body"] + "".join(c.theirs + c.mine for c in result.conflicts)
    for text in (*added_there, *added_here):
        assert f"<p>{text}</p>" in found


@given(st.lists(st.sampled_from(["<p>a</p>", "<h2>b</h2>", "<ul><li>c</li></ul>", "x", "<br>"])))
def test_blocks_joined_are_the_markup(pieces):
    markup = clean("".join(pieces))
    assert "".join(split_blocks(markup)) == markup


def test_nested_lists_and_entities_stay_in_their_block():
    blocks = ["<p>A &amp; B &lt;</p>", "<ul><li>x<ul><li>y</li></ul></li></ul>", "<p>z<br>é</p>"]
    assert split_blocks("".join(blocks)) == blocks
