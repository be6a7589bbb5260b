"""Printed telephone numbers → E.164, with ";ext=" for extensions (RFC 3966).

A number of the North American Numbering Plan is recognised by its form: area code and exchange [2-9]XX, the area code
never N11, the exchange only where the number is free of toll (888-311-…). Whether an area code is assigned, whether it is
toll-free, and every number of another country, is left to `phonenumbers`.
555-0100 to 555-0199 is reserved for fiction and accepted; other 555 numbers are placeholders and are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from urllib.parse import unquote

import phonenumbers

from pipeline.vocabulary.tables import rows

_AREA = _EXCHANGE = r"[2-9]\d\d"
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

# Spaces of all widths, hyphens U+2010..2015, minus, soft hyphen and the invisible joiners that editors leave behind.
_SEP = r"[\s\u00a0\u2000-\u200a\u202f.\-/·\u2010-\u2015\u2212\u00ad\u200b-\u200d\u2060\ufeff]"
_EXT = (
    r"(?:[\s,;]{0,3}(?P<open>[(\[][ \u00a0]?)?(?:\b(?i:ext(?:ensi[oó]n|n)?)\.?|(?<=[\d(\[])[\s]?[xX]|;ext=|\#)[\s.:]{0,2}"
    r"(?P<ext>\d{1,6})(?!\d)(?(open)[ \u00a0]?[)\]]))?"
)
_PHONE = re.compile(
    rf"(?P<area>{_AREA})(?:[ \u00a0]{{0,2}}(?P<close>[)\]]))?(?P<s1>{_SEP}{{0,4}})"
    rf"(?:(?P<exchange>{_EXCHANGE})(?P<s2>{_SEP}{{0,4}})(?P<line>\d{{4}})(?!\d|[-.\u2010-\u2015]\d){_EXT}"
    rf"|(?P<word>(?=[-.\u2010-\u2015A-Z0-9]{{0,12}}[A-Z]{{3}})[A-Z0-9](?:[-.\u2010-\u2015]?[A-Z0-9]){{6,9}})(?![A-Za-z0-9]))",
    re.ASCII,
)
# What may precede the area code, and what makes it a part of a longer figure.
_LEAD = re.compile(
    r"(?:(?<!\d)\+?1[ \u00a0.\-/\u00ad\u2010-\u2015]{0,3})?(?:[(\[][ \u00a0]{0,2})?\Z", re.ASCII
)
_WITHIN = re.compile(r"[\d$]\Z|\d[-.,/\u2010-\u2015]\Z", re.ASCII)
_JOINED = re.compile(r"[-.\u2010-\u2015]")
_CLEAN = re.compile(r"[^\d+]", re.ASCII)
_LINK = re.compile(r"\s*(?:tel|callto|sms):/{0,2}", re.IGNORECASE)
_FLOAT = re.compile(
    r"\d{10,11}\.0*|\d\.\d{9,10}[eE]\+?\d\d?", re.ASCII
)  # as spreadsheets and data frames write it


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """A number standing at `text[start:end]`. `is_bare`: ten digits in a row, as an identifier may have too."""

    start: int
    end: int
    number: str  # E.164, ";ext=" appended
    is_bare: bool
    is_vanity: bool


def phones_in(text: str) -> Iterator[FoundPhone]:
    """North American numbers in running text, left to right; linear in the length of the text."""
    for match in _PHONE.finditer(text):
        area = match.start("area")
        lead = _LEAD.search(text, max(0, area - 8), area)
        start = lead.start() if lead else area
        if _WITHIN.search(text, max(0, start - 2), start):
            continue
        vanity = match["word"]
        if vanity is not None:
            if not (_JOINED.search(match["s1"]) or match["close"]):
                continue  # "617 MAPLEWOOD" is a street, "617-MAPLE-WO" may be a number
            digits = re.sub(r"[^A-Z0-9]", "", vanity).translate(_KEYPAD)[:7]
            number = _north_american(match["area"], digits[:3], digits[3:])
        else:
            number = _north_american(match["area"], match["exchange"], match["line"], match["ext"])
        if number:
            bare = not (vanity or match["s1"] or match["s2"] or match["close"])
            yield FoundPhone(start, match.end(), number, bare, vanity is not None)


def e164(printed: str | None, region: str = "US") -> str | None:
    """The number in E.164, ";ext=" appended; None for what is no assignable number.

    Accepts what people and directories print: "(617) 555-0123 x12", "tel:+1-617-555-0123", "1-800-GET-HELP".
    """
    text = _folded(printed or "")
    found = next(phones_in(text), None)
    if found or not text:
        return found.number if found else None
    if not text.startswith("+") and region == "US":
        return None
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code == 1 or not phonenumbers.is_valid_number(parsed):
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{number};ext={parsed.extension}" if parsed.extension else number


def numbers_of(cell: str) -> list[str]:
    """All North American numbers of a cell, in E.164; one that is printed twice is there once."""
    return list(dict.fromkeys(found.number for found in phones_in(_folded(cell))))


def _folded(printed: str) -> str:
    """The digits of a link or of a spreadsheet's number as people print them."""
    text = printed.strip()
    if "%" in text or ":" in text:
        text = _LINK.sub("", unquote(text))
    return str(int(Decimal(text))) if _FLOAT.fullmatch(text) else text.strip()


def national_line(number: str) -> str | None:
    """Name of the public line (988, SAMHSA helpline, Medicare …) that the number reaches; None for all others."""
    return _national().get(number.partition(";")[0]) or _national().get(_CLEAN.sub("", number))


def _north_american(area: str, exchange: str, line: str, extension: str | None = None) -> str | None:
    if exchange[0] in "01" or not _is_assigned(area) or (exchange[1:] == "11" and not _is_toll_free(area)):
        return None
    if exchange == "555" and not line.startswith("01"):
        return None
    if len(set(exchange + line)) == 1:  # 222-2222: a filled-in form, not a number
        return None
    number = f"+1{area}{exchange}{line}"
    return f"{number};ext={extension}" if extension else number


@cache
def _is_assigned(area: str) -> bool:
    """Whether an area code is some region's, according to the metadata of `phonenumbers`."""
    return phonenumbers.region_code_for_number(_some_number(area)) is not None


@cache
def _is_toll_free(area: str) -> bool:
    return phonenumbers.number_type(_some_number(area)) == phonenumbers.PhoneNumberType.TOLL_FREE


def _some_number(area: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.PhoneNumber(country_code=1, national_number=int(area + "2345678"))


@cache
def _national() -> dict[str, str]:
    return {row["number"]: row["label"] for row in rows("national_phones.csv")}
