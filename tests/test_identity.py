"""Identity: who wrote is told apart within a site, and told to nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archiver.config import identity_key_path, load_or_make_key
from archiver.errors import ConfigError
from archiver.identity import Identity, disguise
from archiver.mentions import names_of
from archiver.model import Article, Comment, CommentStatus, ParentSource, Thread
from archiver.outcomes import Outcome

KEY = bytes(range(32))
IDENTITY = Identity("pseudonym", KEY)
NAMED = Identity("named")


def article(*comments: Comment, text: str = "", url: str = "https://news.example/a") -> Article:
    return Article(
        url=url,
        canonical_url=url,
        outcome=Outcome.ARTICLE,
        text=text,
        thread=Thread("wordpress", comments, declared=len(comments)),
    )


def comments_of(article: Article) -> tuple[Comment, ...]:
    assert article.thread is not None
    return article.thread.comments


def test_a_comment_loses_who_and_keeps_what() -> None:
    written = Comment(
        comment_id="17",
        parent_id="12",
        parent_source=ParentSource.ATTRIBUTE,
        depth=1,
        position=4,
        text="I agree.\n\nMy address is ann@home.example.",
        author="Ann Smith",
        author_id="4711",
        author_url="https://annsmith.example/",
        is_article_author=True,
        html='<p>I agree.</p><img src="https://secure.gravatar.com/avatar/0123456789abcdef">',
        likes=3,
        status=CommentStatus.VISIBLE,
        permalink="https://news.example/a#comment-17",
    )
    (seen,) = comments_of(disguise(article(written), IDENTITY))
    assert seen == replace(
        written,
        author=IDENTITY.pseudonym("news.example", "Ann Smith"),
        author_id=IDENTITY.id_digest("news.example", "4711"),
        author_url=None,
        html=None,
    )


def test_pseudonyms_are_pinned_so_that_an_old_dataset_and_a_new_one_join() -> None:
    assert (
        IDENTITY.pseudonym("news.example", "Ann Smith"),
        IDENTITY.id_digest("news.example", "4711"),
        IDENTITY.comment_id("news.example", "x-12ab"),
        IDENTITY.fingerprint,
        IDENTITY.label,
    ) == (
        "reader-123141407f3c",
        "eaec7ecfb4d5bdb7",
        "x-af76ec457cde1833",
        "11ac6a760e974a32",
        "pseudonym:11ac6a760e974a32",
    )


def test_a_reader_is_one_within_a_site_and_another_on_the_next() -> None:
    here = [
        comments_of(disguise(article(Comment("1", "", author=name), url=url), IDENTITY))[0].author
        for name, url in [
            ("Ann Smith", "https://www.news.example/a"),
            ("  ann   SMITH ", "https://blog.news.example/b"),
            ("Ann Smith", "https://other.example/a"),
            ("Bob", "https://news.example/a"),
        ]
    ]
    assert here[0] == here[1]
    assert len(set(here)) == 3


def test_another_key_gives_other_pseudonyms_and_another_fingerprint() -> None:
    other = Identity("pseudonym", bytes(32))
    assert other.pseudonym("s", "Ann") != IDENTITY.pseudonym("s", "Ann")
    assert other.fingerprint != IDENTITY.fingerprint


def test_a_platforms_answer_is_read_as_of_the_site_it_speaks_about() -> None:
    of_platform = article(Comment("1", "", author="Ann"), url="https://disqus.com/api/1")
    of_page = article(Comment("1", "", author="Ann"), url="https://news.example/a")
    assert comments_of(disguise(of_platform, IDENTITY, site="news.example")) == comments_of(
        disguise(of_page, IDENTITY)
    )


def test_ids_made_from_names_are_made_again_and_replies_still_find_them() -> None:
    first = Comment("x-aaaa", "One", author="Ann", permalink="https://news.example/a#x-aaaa")
    reply = Comment("x-bbbb", "Two", parent_id="x-aaaa", author="Bob")
    seen = comments_of(disguise(article(first, reply), IDENTITY))
    assert seen[0].comment_id == IDENTITY.comment_id("news.example", "x-aaaa")
    assert seen[1].parent_id == seen[0].comment_id
    assert seen[0].permalink is None


@pytest.mark.parametrize(
    ("permalink", "kept"),
    [
        ("https://news.example/a#comment-17", True),
        ("https://news.example/users/ann-smith/17", False),
        ("https://news.example/users/Ann%20Smith#17", False),
        ("https://news.example/u/annie_77#17", False),
        (None, True),
    ],
)
def test_a_permalink_that_spells_its_writer_is_dropped(permalink: str | None, kept: bool) -> None:
    written = Comment("17", "", author="Ann Smith", author_id="annie_77", permalink=permalink)
    (seen,) = comments_of(disguise(article(written), IDENTITY))
    assert seen.permalink == (permalink if kept else None)


def test_named_changes_nothing_but_addresses_in_disguise() -> None:
    md5, sha256 = "0123456789abcdef" * 2, "0123456789abcdef" * 4
    written = Comment(
        "x-1",
        "Ann Smith says",
        author="Ann Smith",
        author_id="4711",
        author_url="https://annsmith.example/",
        html=f'<img src="https://secure.gravatar.com/avatar/{md5}?s=48">'
        f'<img src="//seccdn.libravatar.org/avatar/{sha256}"><i data-email-hash="{md5}">Hi</i>'
        f'<a href="/commit/{md5}">kept</a>',
    )
    (seen,) = comments_of(disguise(article(written), NAMED))
    assert seen == replace(
        written,
        html='<img src="https://secure.gravatar.com/avatar/?s=48">'
        '<img src="//seccdn.libravatar.org/avatar/"><i data-email-hash="">Hi</i>'
        f'<a href="/commit/{md5}">kept</a>',
    )
    assert (NAMED.fingerprint, NAMED.label) == (None, "named")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # whole names, anywhere, in any case, as one
        ("Ann Smith", "I think Ann Smith is right", "I think R is right"),
        ("Ann Smith", "i think ann  smith's right", "i think R's right"),
        ("Ann Smith", "Ann Smithers and Joann Smith", "Ann Smithers and Joann Smith"),
        ("karl99", "KARL99 said so", "R said so"),
        ("McDuck", "as mcduck says", "as R says"),
        ("Karla", "Karlas Kommentar", "Rs Kommentar"),
        ("★ Ann B. ★", "Dear Ann B., no", "Dear R., no"),
        # addressed: joined, first word
        ("Ann Smith", "@AnnSmith @ann_smith @Ann: no", "@R @R @R: no"),
        ("Ann Smith", "Ann, you forget.\nann: really", "R, you forget.\nR: really"),
        ("Ann Smith", "my sister Ann smiles", "my sister Ann smiles"),
        # one plain word: not where it is an ordinary word
        ("Will", "Will Will go? Yes, will go", "Will Will go? Yes, will go"),
        ("Will", "@will will go", "@R will go"),
        ("Rose", "a rose by Rose", "a R by R"),
        # short names
        ("Al", "Al and al went; @al too", "Al and al went; @R too"),
        ("J", "J said @J", "J said @R"),
        # scripts without spaces
        ("张三", "我同意张三的看法", "我同意R的看法"),
        ("राम", "मैं राम से सहमत हूँ, रामायण नहीं", "मैं R से सहमत हूँ, रामायण नहीं"),
        # composed and decomposed
        ("José", "Jose\u0301 says", "R says"),
        # nobody
        ("Anonymous", "Anonymous wrote, @anonymous too", "Anonymous wrote, @anonymous too"),
        ("🦊", "🦊 says", "🦊 says"),
    ],
)
def test_a_reader_named_in_a_text_is_replaced(name: str, text: str, expected: str) -> None:
    prose = "Nobody knows what they will do in the garden."
    assert names_of({name: "R"}, prose=prose).replace_in(text) == expected


def test_without_an_article_to_tell_ordinary_words_by_the_capital_decides() -> None:
    names = names_of({"Will": "R"})
    assert names.replace_in("Will said he will. WILL!") == "R said he will. R!"


def test_longer_names_win_and_a_shared_first_name_names_nobody() -> None:
    names = names_of({"Ann": "R1", "Ann Smith": "R2", "Bob Ray": "R3", "Bob Roe": "R4"})
    assert names.replace_in("Ann Smith, Ann and @Bob") == "R2, R1 and @Bob"


def test_texts_of_a_thread_name_readers_as_their_own_rows_do() -> None:
    seen = comments_of(
        disguise(
            article(
                Comment("1", "Hello", author="Ann Smith"),
                Comment("2", "@Ann Smith: no. Regards, Bob Ray", author="Bob Ray"),
            ),
            IDENTITY,
        )
    )
    assert seen[1].text == f"@{seen[0].author}: no. Regards, {seen[1].author}"


def test_a_thread_of_thousands_is_replaced_in_linear_time() -> None:
    people = {f"Reader Number{i}": f"R{i}" for i in range(5000)}
    text = " ".join(f"Reader Number{i} and reader other{i}," for i in range(5000))
    assert names_of(people).replace_in(text).count("R") == 5000


@pytest.mark.parametrize(
    ("mode", "key"), [("pseudonym", None), ("pseudonym", b"short"), ("pseudonim", KEY)]
)
def test_an_identity_without_a_secret_is_refused(mode: str, key: bytes | None) -> None:
    with pytest.raises(ConfigError):
        Identity(mode, key)


def test_the_key_is_never_shown() -> None:
    assert "key" not in repr(IDENTITY)


def test_the_key_is_made_once_for_its_owner_only_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "config" / "archiver" / "identity.key"
    key = load_or_make_key(file)
    assert len(key) == 32
    assert load_or_make_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_key_is_never_kept_inside_the_archive(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="inside the archive"):
        load_or_make_key(tmp_path / "output" / "key", output_dir=tmp_path / "output")
    assert not (tmp_path / "output").exists()


def test_a_damaged_key_is_not_silently_replaced(tmp_path: Path) -> None:
    file = tmp_path / "identity.key"
    file.write_text("deadbeef\n")
    with pytest.raises(ConfigError, match="64 hex digits"):
        load_or_make_key(file)
    assert file.read_text() == "deadbeef\n"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"ARCHIVER_IDENTITY_KEY_FILE": "/k", "XDG_CONFIG_HOME": "/c"}, "/k"),
        ({"XDG_CONFIG_HOME": "/c"}, "/c/archiver/identity.key"),
        ({"XDG_CONFIG_HOME": "relative"}, "~/.config/archiver/identity.key"),
        ({}, "~/.config/archiver/identity.key"),
    ],
)
def test_the_key_lies_where_the_operator_keeps_settings(
    environ: dict[str, str], expected: str
) -> None:
    assert identity_key_path(environ) == Path(expected).expanduser()
