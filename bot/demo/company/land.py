"""The territory tree: three regions, six areas, twenty-four patches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """The top of the tree; its currency is that of its targets and of most of its deals."""

    key: str
    name: str
    currency: str
    profile: str


@dataclass(frozen=True, slots=True)
class Area:
    """A middle level of the tree; a team of the same key works it."""

    key: str
    name: str
    region: Region
    timezone: str


@dataclass(frozen=True, slots=True)
class Patch:
    """What one rep holds; `postal` is a pattern in which each # becomes a digit."""

    key: str
    name: str
    area: Area
    country: str
    province: str
    postal: str
    latitude: float
    longitude: float

    @property
    def currency(self) -> str:
        """The currency of the patch's target (ISO 4217)."""
        return self.area.region.currency


AMERICAS = Region("americas", "Americas", "USD", "enterprise")
EUROPE = Region("europe", "Europe", "EUR", "european")
ASIA_PACIFIC = Region("asia-pacific", "Asia Pacific", "USD", "enterprise")
REGIONS = (AMERICAS, EUROPE, ASIA_PACIFIC)

AMERICAS_EAST = Area("americas-east", "Americas East", AMERICAS, "America/New_York")
AMERICAS_WEST = Area("americas-west", "Americas West", AMERICAS, "America/Los_Angeles")
EUROPE_NORTH = Area("europe-north", "Europe North", EUROPE, "Europe/Berlin")
EUROPE_SOUTH = Area("europe-south", "Europe South", EUROPE, "Europe/Paris")
PACIFIC_NORTH = Area("pacific-north", "Pacific North", ASIA_PACIFIC, "Asia/Tokyo")
PACIFIC_SOUTH = Area("pacific-south", "Pacific South", ASIA_PACIFIC, "Australia/Sydney")
AREAS = (AMERICAS_EAST, AMERICAS_WEST, EUROPE_NORTH, EUROPE_SOUTH, PACIFIC_NORTH, PACIFIC_SOUTH)

PATCHES = (
    Patch("new-england", "New England", AMERICAS_EAST, "US", "Massachusetts", "021##", 42.36, -71.06),
    Patch("new-york", "New York", AMERICAS_EAST, "US", "New York", "100##", 40.71, -74.01),
    Patch("mid-atlantic", "Mid-Atlantic", AMERICAS_EAST, "US", "Pennsylvania", "191##", 39.95, -75.17),
    Patch("south-east", "South East", AMERICAS_EAST, "US", "Georgia", "303##", 33.75, -84.39),
    Patch("great-lakes", "Great Lakes", AMERICAS_EAST, "US", "Illinois", "606##", 41.88, -87.63),
    Patch("california", "California", AMERICAS_WEST, "US", "California", "941##", 37.77, -122.42),
    Patch("texas", "Texas", AMERICAS_WEST, "US", "Texas", "752##", 32.78, -96.80),
    Patch("pacific-north-west", "Pacific North West", AMERICAS_WEST, "US", "Washington", "981##", 47.61, -122.33),
    Patch("canada", "Canada", AMERICAS_WEST, "CA", "Ontario", "M#V #T#", 43.65, -79.38),
    Patch("nordics", "Nordics", EUROPE_NORTH, "SE", "Stockholm", "11# ##", 59.33, 18.07),
    Patch("uk-ireland", "UK & Ireland", EUROPE_NORTH, "GB", "London", "EC#A #BB", 51.51, -0.13),
    Patch("benelux", "Benelux", EUROPE_NORTH, "NL", "Noord-Holland", "10## AB", 52.37, 4.90),
    Patch("germany", "Germany", EUROPE_NORTH, "DE", "Hamburg", "20###", 53.55, 9.99),
    Patch("france", "France", EUROPE_SOUTH, "FR", "Île-de-France", "750##", 48.86, 2.35),
    Patch("iberia", "Iberia", EUROPE_SOUTH, "ES", "Madrid", "280##", 40.42, -3.70),
    Patch("italy", "Italy", EUROPE_SOUTH, "IT", "Lombardia", "201##", 45.46, 9.19),
    Patch("alps", "Alps", EUROPE_SOUTH, "CH", "Zürich", "80##", 47.38, 8.54),
    Patch("japan-east", "Japan East", PACIFIC_NORTH, "JP", "Tokyo", "100-00##", 35.68, 139.69),
    Patch("japan-west", "Japan West", PACIFIC_NORTH, "JP", "Osaka", "530-00##", 34.69, 135.50),
    Patch("korea", "Korea", PACIFIC_NORTH, "KR", "Seoul", "045##", 37.57, 126.98),
    Patch("australia", "Australia", PACIFIC_SOUTH, "AU", "New South Wales", "20##", -33.87, 151.21),
    Patch("new-zealand", "New Zealand", PACIFIC_SOUTH, "NZ", "Auckland", "10##", -36.85, 174.76),
    Patch("singapore", "Singapore", PACIFIC_SOUTH, "SG", "", "0488##", 1.35, 103.82),
    Patch("india", "India", PACIFIC_SOUTH, "IN", "Karnataka", "5600##", 12.97, 77.59),
)
PATCH = {patch.key: patch for patch in PATCHES}
AREA = {area.key: area for area in AREAS}


def patches_of(key: str) -> tuple[Patch, ...]:
    """The patches below an area or region, in the tree's order."""
    return tuple(patch for patch in PATCHES if key in (patch.area.key, patch.area.region.key))
