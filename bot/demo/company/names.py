"""Word lists from which people, companies and deals get invented names."""

import unicodedata
from collections.abc import Iterator
from random import Random


def _words(text: str) -> list[str]:
    return text.split()


_GIVEN = _words(
    "Adele Amir Astrid Bruno Camille Daichi Elena Emeka Farah Felix Freya Gustav Hana Hugo Ines Ivan Jade Jakob Kaito "
    "Karin Leila Leo Lucia Mateo Maren Milan Minji Nadia Niko Oscar Paula Quentin Ravi Renata Rohan Sofie Stefan "
    "Tariq Tessa Thiago Uma Vera Viktor Wanda Xenia Yara Zane"
)
_FAMILY = _words(
    "Abara Almeida Andersen Bauer Bellini Bergman Castell Costa Dahl Delgado Dubois Eklund Farrell Ferrer Fischer "
    "Gallo Grant Hale Hasan Hayashi Ito Jansen Kato Keller Kim Lindqvist Lopes Marin Mehta Moreau Mori Nakano Novak "
    "Okafor Olsen Park Patel Quist Rao Ricci Rossi Sato Schmid Serra Tan Thorne Vidal Vos Wagner Yoon Zimmer"
)
_FRONT = _words(
    "Amber Anchor Aspen Birch Bluewater Bright Cedar Cobalt Copper Coral Crest Delta Ember Falcon Fern Fjord Garnet "
    "Golden Granite Harbour Hazel Heron Hollow Indigo Iron Ivory Juniper Keystone Lantern Larch Linden Lunar Maple "
    "Marble Meadow Mirror Nimbus North Oak Opal Orchard Pebble Pine Quartz Quill Raven Ridge River Rowan Saffron "
    "Sage Silver Slate Spruce Stellar Summit Sunlit Tidal Timber Topaz Umber Valley Velvet Violet Willow Winter"
)
_TRADE = _words(
    "Analytics Bakery Biotech Brewing Capital Ceramics Chemicals Clinics Components Dairy Energy Engineering Fabrics "
    "Foods Freight Furniture Glass Health Hotels Insurance Labs Lighting Logistics Marine Media Metals Motors Optics "
    "Paper Pharma Plastics Power Press Rail Robotics Software Steel Studios Systems Textiles Tools Travel Water"
)
_FORM = {
    "US": ("Inc", "LLC", "Corp"),
    "CA": ("Inc", "Ltd"),
    "SE": ("AB",),
    "GB": ("Ltd", "plc"),
    "NL": ("BV", "NV"),
    "DE": ("GmbH", "AG"),
    "FR": ("SA", "SAS"),
    "ES": ("SL", "SA"),
    "IT": ("SpA", "Srl"),
    "CH": ("AG", "SA"),
    "JP": ("KK",),
    "KR": ("Co",),
}
ODD = (
    "O'Brien & Söhne <GmbH>",
    "*bold* Inc",
    '=HYPERLINK("http://example.invalid","click me") Ltd',
    "🚀 Rocket Bakery 🥐",
    "<!channel> Logistics",
    "<@U0001> & <#C0001> Partners",
    "_under_ ~strike~ `code` Corp",
    '"Quoted", Comma & Sons; Ltd',
    "@here Services",
    "-1+2 Holdings",
    "+49 Telefon AG",
    "<https://example.invalid|Totally safe> LLC",
    "مخبز الفجر Foods",
    "東京 Lantern KK",
    '{"type": "section"} Systems',
    "Dr. Ångström & Łukasiewicz Çelik Þórsson Ltd",
    "&amp; Already Escaped &lt;Inc&gt;",
    "A" + " very" * 18 + " long name Corp",
)
PRODUCTS = ("Beacon Core", "Beacon Plus", "Compass", "Harbour", "Relay", "Services")
SOURCES = ("inbound", "outbound", "partner", "event", "referral", "")
LOSS_REASONS = ("price", "no decision", "competitor", "timing", "missing feature", "")
INDUSTRIES = (
    "manufacturing",
    "retail",
    "finance",
    "health",
    "technology",
    "logistics",
    "energy",
    "education",
    "media",
    "public sector",
)


def slug(name: str) -> str:
    """`Siobhán O'Brien` as `siobhan.obrien`: lower-case letters joined by dots."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = ("".join(c for c in word if c.isalpha()) for word in plain.split())
    return ".".join(word for word in words if word)


def people_names(rng: Random) -> Iterator[str]:
    """Invented names, no given and no family name twice, in a random order."""
    given, family = list(_GIVEN), list(_FAMILY)
    rng.shuffle(given)
    rng.shuffle(family)
    return (f"{first} {last}" for first, last in zip(given, family, strict=False))


def company_name(rng: Random, country: str) -> str:
    """An invented company with a legal form of its country."""
    form = rng.choice(_FORM.get(country, ("Pty Ltd", "Ltd")))
    return f"{rng.choice(_FRONT)} {rng.choice(_TRADE)} {form}"
