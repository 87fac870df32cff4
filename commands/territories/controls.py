"""The action ids of a territory's card; each carries the territory's id."""

OPEN = "territory.open"
MAP = "territory.map"
HISTORY = "territory.history"
HISTORY_PAGE = "territory.history.page"
EXPORT = "territory.export"
AREAS = "territory.areas"
