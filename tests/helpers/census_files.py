"""Small files in the layouts that the Census Bureau publishes, with the figures that a test wants."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

CENPOP = "STATEFP,COUNTYFP,TRACTCE,BLKGRPCE,POPULATION,LATITUDE,LONGITUDE"
ESTIMATES = (
    "SUMLEV,STATE,COUNTY,STNAME,CTYNAME,YEAR,POPESTIMATE,POPEST_MALE,POPEST_FEM,UNDER5_TOT,AGE513_TOT,AGE1417_TOT,"
    "AGE1824_TOT,AGE16PLUS_TOT,AGE18PLUS_TOT,AGE65PLUS_TOT,MEDIAN_AGE_TOT"
)
COUSUBS = "USPS\tGEOID\tANSICODE\tNAME\tFUNCSTAT\tALAND\tAWATER\tALAND_SQMI\tAWATER_SQMI\tINTPTLAT\tINTPTLONG"
SUFFIXES = {"B01001": "E", "P12": "N", "PCT12": "N"}
COLUMNS = {"B01001": 49, "P12": 49, "PCT12": 209}


def centres(folder: Path, rows: Sequence[str], name: str = "CenPop2020_Mean_BG.txt") -> Path:
    """Rows "44,007,000100,1,1200,+41.82,-071.41"; with the byte order mark that the files have."""
    path = folder / name
    path.write_text("\r\n".join([CENPOP, *rows]) + "\r\n", encoding="utf-8-sig")
    return path


def estimates(rows: Sequence[tuple[str, str, str, int, int, int, int]]) -> bytes:
    """(state, county, name, year's code, everybody, adults, 65 and older), in Latin-1 as published."""
    lines = [
        f"50,{state},{county},Some State,{name},{year},{people},0,0,0,0,0,0,0,{adults},{old},40.1"
        for state, county, name, year, people, adults, old in rows
    ]
    return "\n".join([ESTIMATES, *lines]).encode("latin-1")


def age_table(table: str, areas: Mapping[str, Mapping[int, int]], *, as_json: bool = False) -> bytes:
    """A table of sex by age, with these numbers in its columns by area (GEO_ID) and 0 in the others."""
    suffix = SUFFIXES[table]
    codes = [f"{table}_{n:03}{suffix}" for n in range(1, COLUMNS[table] + 1)]
    rows = [
        [geo_id, "Some area", *(str(figures.get(n, 0)) for n in range(1, COLUMNS[table] + 1))]
        for geo_id, figures in areas.items()
    ]
    header = ["GEO_ID", "NAME", *codes]
    if as_json:
        return json.dumps([header, *rows]).encode()
    labels = ["Geography", "Geographic Area Name", *(" !!Total:" for _ in codes)]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [header, labels, *rows]).encode()


def cousubs(rows: Sequence[str]) -> bytes:
    """Tab-separated, the last header padded with blanks as published."""
    return "\n".join([COUSUBS + " " * 40, *rows]).encode()
