"""KiCad's libraries are read line by line, and no part is lost without being counted."""

import pytest

from catalogkit.datasets import kicad
from catalogkit.datasets.errors import DataError

LIBRARY = r"""(kicad_symbol_lib (version 20211014) (generator kicad_symbol_editor)
  (symbol "LM1" (pin_names (offset 0)) (in_bom yes)
    (property "Reference" "U" (id 0) (at 0 10 0)
      (effects (font (size 1 1)))
    )
    (property "ki_keywords" "ldo positive" (id 4) (at 0 0 0)
    (property "ki_description" "Regulator, 5\" long" (id 5) (at 0 0 0)
    (symbol "LM1_1_1"
      (pin input line (at 0 0 0) (name "(symbol" (effects (font (size 1 1)))))
    )
  )
  (symbol "LM1-3.3" (extends "LM1")
    (property "ki_description" "" (id 5) (at 0 0 0)
  )
  (symbol "LM1-5" (extends "LM1")
    (property "ki_description" "Regulator, 5 V" (id 5) (at 0 0 0)
    (property "ki_keywords" "fixed" (id 4) (at 0 0 0)
  )
  (symbol "LM2" (in_bom yes)
  )
)
"""


def test_a_symbol_has_its_name_description_and_keywords() -> None:
    """Units, pins and other properties are no parts; escaped quotes are unescaped."""
    first = kicad.read_library("f", LIBRARY)[0]
    assert first == kicad.Symbol("LM1", "", 'Regulator, 5" long', "ldo positive")


def test_what_a_derived_symbol_does_not_say_comes_from_its_parent() -> None:
    """An empty description is inherited, a stated one is kept."""
    symbols = {s.name: s for s in kicad.read_library("f", LIBRARY)}
    assert symbols["LM1-3.3"].description == 'Regulator, 5" long'
    assert symbols["LM1-3.3"].keywords == "ldo positive"
    assert (symbols["LM1-5"].description, symbols["LM1-5"].keywords) == ("Regulator, 5 V", "fixed")


def test_the_catalog_counts_parts_without_a_description() -> None:
    """LM2 says nothing: it is dropped and counted."""
    catalog = kicad.from_libraries([("./Regulator_Linear.kicad_sym", LIBRARY), ("README.md", "")])
    assert catalog.dropped == {"no description": 1}
    assert catalog.product_id[2] == "Regulator_Linear:LM1-5"
    assert catalog.text[2] == "LM1-5 Regulator, 5 V"


@pytest.mark.parametrize(
    ("library", "path"),
    [
        ("Regulator_Linear", ("Regulator", "Linear")),
        ("Interface_CAN_LIN", ("Interface", "CAN_LIN")),
        ("Device", ("Device",)),
    ],
)
def test_a_librarys_name_is_a_path_of_two_levels(library: str, path: tuple[str, ...]) -> None:
    """It is cut at the first underscore; without one there is no second level."""
    catalog = kicad.from_libraries([(f"{library}.kicad_sym", LIBRARY)])
    assert set(catalog.path) == {path}


def test_an_extended_symbol_must_be_there() -> None:
    """The error names file, symbol and parent."""
    broken = LIBRARY.replace('(symbol "LM1" ', '(symbol "XX1" ')
    with pytest.raises(DataError, match=r"a\.kicad_sym: symbol 'LM1-3\.3' extends 'LM1'"):
        kicad.read_library("a.kicad_sym", broken)


def test_another_format_is_refused() -> None:
    """Later versions of KiCad indent otherwise; reading them would silently lose every part."""
    with pytest.raises(DataError, match="not a symbol library of KiCad 6"):
        kicad.read_library("a.kicad_sym", "(kicad_symbol_lib\n\t(version 20231120)\n")


def test_every_part_of_the_package_is_kept_or_counted() -> None:
    """17,569 parts in 209 libraries, 338 of them without a description."""
    catalog = kicad.catalog()
    assert len(catalog) + catalog.dropped["no description"] == 17_569
    assert catalog.dropped == {"no description": 338}
    assert catalog.table["description"].nunique() == 14_408
