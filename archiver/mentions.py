"""Names in running text: where a text names one of a known set of people, another name stands.

Knows letters, words and scripts; nothing of comments, keys or why a name is replaced. The rules,
from the surest to the weakest sign that a word is a name:

* After ``@``, and at the start of a line before a comma, colon or exclamation mark, every form
  counts, in any case: the whole name, its words written together (``@AnnSmith``), and its first
  word when only one of the people has it (``@Ann``, ``Ann, you forget ...``).
* A name of several words, or with a digit, a sign or a capital inside, counts anywhere, in any
  case. Longer names win over shorter ones.
* A name that is one plain word counts anywhere too, unless it has fewer than three letters or is
  an ordinary word: one that ``prose`` (the article) writes in lower case. Where there is no prose
  to tell by, it counts as it is written, capitalised or in capitals: "Will", but not "will".
* A name in a script that sets no spaces counts wherever its signs stand, from two signs on.
* Names that name nobody ("Anonymous", "Guest") count nowhere.

Where a rule can only err, it errs towards replacing: a word too many costs a reader of the
dataset a word, a name too many gives a person away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archiver.words import HANGUL, MARKS, UNSPACED

_NOBODY = """
    admin administrator anon anonym anonyme anonymous anônimo anónimo anonimo anonimowy author
    deleted editor gast gäste guest guests gość invitado invité moderator nobody ospite reader
    redaktion staff unknown user utente utilisateur аноним гость 匿名 ゲスト 名無し 익명
"""
NOBODY = frozenset(_NOBODY.split())
"""What platforms write where a reader gave no name, or an office instead of one."""
SHORTEST_WORD = 3
"""Letters of a one-word name that is looked for anywhere: two letters are a word, an initial or
an abbreviation somewhere in every language."""

_RUN_WORDS = 4
_RUN_SIGNS = 8
_TOKEN = re.compile(f"[\\w{MARKS}]+")
_AT = ("@", "＠")
_OPENING = re.compile(r"^\s*$")
_CALL = re.compile(r"\s*[,:!]")
# Hangul sets spaces, but joins particles to names.
_UNSPACED = re.compile(f"[{UNSPACED}{HANGUL}]")


def fold_name(name: str) -> str:
    """The form that two spellings of one name share: NFC, case and white space folded."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a name: as a series of words."""

    folded: str
    written: str
    words: int
    anywhere: bool
    """Counts in running text; otherwise only where someone is addressed."""
    exact: bool
    """In running text, only as written or with more capitals."""
    instead: str


@dataclass(frozen=True, slots=True)
class Names:
    """People's names with what stands instead of each. Made once for a thread."""

    forms: Mapping[str, tuple[_Form, ...]] = field(default_factory=dict)
    """By folded form, so that looking takes no longer with more names."""
    words: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """First word → how many words the names have that begin with it, most first."""
    signs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The same for the first sign and the signs of names in scripts without spaces."""

    def replace_in(self, text: str) -> str:
        """``text`` with every mention replaced (and in NFC, when there are names to look for)."""
        if not self.forms:
            return text
        text = unicodedata.normalize("NFC", text)
        if self.signs:
            text = _replace_signs(text, self)
        return _replace_words(text, self) if self.words else text


def names_of(people: Mapping[str, str], *, prose: str = "") -> Names:
    """The names of ``people`` (name → what stands instead), ready to be looked for."""
    forms: dict[str, list[_Form]] = {}
    words: dict[str, set[int]] = {}
    signs: dict[str, set[int]] = {}
    for form in _forms({n: p for n, p in people.items() if fold_name(n) not in NOBODY}, prose):
        first = _TOKEN.match(form.folded)
        if first is None:
            continue
        if _UNSPACED.match(form.folded):
            signs.setdefault(form.folded[0], set()).add(len(form.folded))
        else:
            words.setdefault(first[0], set()).add(form.words)
        forms.setdefault(form.folded, []).append(form)
    return Names(
        {folded: tuple(sorted(some, key=_strength)) for folded, some in forms.items()},
        {first: tuple(sorted(counts, reverse=True)) for first, counts in words.items()},
        {first: tuple(sorted(counts, reverse=True)) for first, counts in signs.items()},
    )


def runs_of(text: str) -> Iterable[str]:
    """Every run of ``text`` that could be somebody's name as it is written there: up to four words,
    in a script without spaces up to eight signs. For who knows a name's digest only: each run costs
    a digest, so a run begins with a capital or a digit, in a script that has no capitals, after
    ``@`` or with a line."""
    text = unicodedata.normalize("NFC", text)
    tokens = list(_TOKEN.finditer(text))
    for at, first in enumerate(tokens):
        start = first.start()
        is_plain = first[0].islower() and first[0].isalpha()
        if is_plain and text[max(0, start - 1) : start] not in ("", "\n", *_AT):
            continue
        for last in tokens[at : at + _RUN_WORDS]:
            run = text[start : last.end()]
            if "\n" in run:
                break
            yield run
            if text[last.end() : last.end() + 1] == ".":  # "Ann B."
                yield run + "."
        if _UNSPACED.search(first[0]):
            word = first[0]
            for length in range(2, _RUN_SIGNS + 1):
                yield from (word[i : i + length] for i in range(len(word) - length + 1))


def _strength(form: _Form) -> tuple[bool, str]:
    return not form.anywhere, form.written


def _forms(people: Mapping[str, str], prose: str) -> Iterable[_Form]:
    ordinary = {word for word in _TOKEN.findall(prose) if word == word.lower()}
    firsts: dict[str, set[str]] = {}
    for name, instead in people.items():
        words = _TOKEN.findall(fold_name(name))
        if words:
            firsts.setdefault(words[0], set()).add(instead)
    for name, instead in sorted(people.items()):
        written = _core(" ".join(unicodedata.normalize("NFC", name).split()))
        words = _TOKEN.findall(written)
        if not words:
            continue
        plain = written.isalpha() and written[1:] in (written[1:].lower(), written[1:].upper())
        short = len(written) < SHORTEST_WORD and not _UNSPACED.match(written)
        common = plain and written.lower() in ordinary
        single_sign = len(written) < 2
        yield _Form(
            folded=written.casefold(),
            written=written,
            words=len(words),
            anywhere=not (short or common or single_sign),
            exact=plain and not prose,
            instead=instead,
        )
        if len(words) > 1:
            for joined in {"".join(words), "_".join(words)} - {written}:
                yield _Form(joined.casefold(), joined, 1, False, False, instead)
            if firsts[words[0].casefold()] == {instead}:
                yield _Form(words[0].casefold(), words[0], 1, False, False, instead)


def _core(name: str) -> str:
    """``name`` from its first to its last letter or digit: "★ Ann B. ★" is looked for as Ann B."""
    tokens = list(_TOKEN.finditer(name))
    return name[tokens[0].start() : tokens[-1].end()] if tokens else ""


def _replace_signs(text: str, names: Names) -> str:
    folded = text.casefold()
    if len(folded) != len(text):  # a sign whose folding is longer: compare as it stands
        folded = text
    first_sign = re.compile("[" + "".join(map(re.escape, sorted(names.signs))) + "]")
    parts: list[str] = []
    done = 0
    for match in first_sign.finditer(folded):
        start = match.start()
        if start < done:
            continue
        is_addressed = start > 0 and text[start - 1] in _AT
        for length in names.signs[match[0]]:
            forms = names.forms.get(folded[start : start + length], ())
            form = next((form for form in forms if form.anywhere or is_addressed), None)
            if form is not None:
                parts += [text[done:start], form.instead]
                done = start + length
                break
    return "".join([*parts, text[done:]])


def _replace_words(text: str, names: Names) -> str:
    tokens = list(_TOKEN.finditer(text))
    parts: list[str] = []
    done = 0
    at = 0
    while at < len(tokens):
        found = _name_at(text, tokens, at, names)
        if found is None:
            at += 1
            continue
        form, end = found
        parts += [text[done : tokens[at].start()], form.instead]
        done = end
        at += form.words
    return "".join([*parts, text[done:]])


def _name_at(
    text: str, tokens: list[re.Match[str]], at: int, names: Names
) -> tuple[_Form, int] | None:
    """The name that begins with word ``at``, and where it ends in the text."""
    start = tokens[at].start()
    word = tokens[at][0].casefold()
    counts = set(names.words.get(word, ()))
    if word.endswith("s"):
        counts.update(names.words.get(word[:-1], ()))
    for count in sorted(counts, reverse=True):
        if at + count > len(tokens):
            continue
        end = tokens[at + count - 1].end()
        standing = " ".join(text[start:end].split())
        # As it stands, then without the s of a genitive ("Karlas Kommentar").
        for cut in (0, 1) if standing[-1] in "sS" and len(standing) > SHORTEST_WORD + 1 else (0,):
            spelled = standing[: len(standing) - cut]
            for form in names.forms.get(spelled.casefold(), ()):
                if form.words == count and _counts(form, spelled, text, start, end - cut):
                    return form, end - cut
    return None


def _counts(form: _Form, standing: str, text: str, start: int, end: int) -> bool:
    if form.anywhere and (not form.exact or standing in _capitalisations(form.written)):
        return True
    if start > 0 and text[start - 1] in _AT:
        return True
    line = text.rfind("\n", 0, start) + 1
    return bool(_OPENING.match(text[line:start]) and _CALL.match(text, end))


def _capitalisations(word: str) -> set[str]:
    return {word, word[:1].upper() + word[1:].lower(), word.upper()}
