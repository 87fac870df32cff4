"""The registry of figures is complete and consistent."""

from domain.attainment import Reason
from domain.figures import FIGURES, Scope

NAMES = """credited new_customers meetings overlay target attainment expected pace gap required_per_day forecast_run_rate forecast_pipeline open
coverage"""


def test_every_figure_is_registered_in_the_order_of_a_card():
    assert list(FIGURES) == NAMES.split()


def test_every_figure_says_how_it_is_computed_and_what_it_is_made_of():
    for figure in FIGURES.values():
        assert figure.formula.endswith(".")
        assert figure.label
        assert figure.made_of
        assert len(set(figure.reasons)) == len(figure.reasons)


def test_overlay_is_a_person_s_only():
    assert FIGURES["overlay"].scopes == (Scope.PERSON,)


def test_every_reason_makes_some_figure_unavailable():
    used = {reason for figure in FIGURES.values() for reason in figure.reasons}
    assert set(Reason) - used == {Reason.NOTHING_TO_COMPARE}
