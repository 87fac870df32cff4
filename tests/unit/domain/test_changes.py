"""What settings may be, in words."""

import pytest

from domain.changes import differing, settings_from_words, stored
from domain.company import Settings

GOOD = {
    "business_days": ["0", "4"],
    "holidays": "US",
    "small_group": "5",
    "new_customer_months": "12",
    "crm_url": "",
    "crm_account_url": "",
}


def test_good_words_become_what_is_stored() -> None:
    values, wrong = settings_from_words(**GOOD | {"crm_url": "https://crm.example.com/d/{deal}"})
    assert wrong == {}
    assert values == {
        "business_days": [0, 4],
        "holidays": "US",
        "small_group": 5,
        "crm_url": "https://crm.example.com/d/{deal}",
        "crm_account_url": None,
        "new_customer_months": 12,
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("business_days", []),
        ("small_group", ""),
        ("small_group", "1"),
        ("small_group", "51"),
        ("small_group", "4.5"),
        ("small_group", "٤"),
        ("new_customer_months", "0"),
        ("new_customer_months", "121"),
        ("new_customer_months", "²"),
        ("crm_url", "http://crm.example.com/{deal}"),
        ("crm_url", "https://crm.example.com/deal"),
        ("crm_url", "https://[crm/{deal}"),
        ("crm_url", "javascript:alert({deal})"),
        ("crm_url", "https:///{deal}"),
        ("crm_url", "https://crm.example.com/{deal}|<!channel>"),
        ("crm_account_url", "https://crm.example.com/{deal}"),
        ("crm_account_url", "https://crm.example.com/{account}" + "x" * 500),
    ],
)
def test_each_wrong_value_is_told_at_its_place(name: str, value: object) -> None:
    values, wrong = settings_from_words(**GOOD | {name: value})  # type: ignore[arg-type]
    assert values == {}
    assert list(wrong) == [name]


def test_what_is_stored_is_what_was_there() -> None:
    before = stored(Settings())
    assert differing(before, stored(Settings())) == []
    assert differing(before, stored(Settings(small_group=5, business_days=frozenset({6, 0})))) == [
        "business_days",
        "small_group",
    ]
