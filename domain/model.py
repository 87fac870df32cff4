"""One company with everything that its figures are computed by, each built when first asked for and then kept."""

from functools import cached_property

from domain.calendar import BusinessCalendar
from domain.company import Company, Settings
from domain.exchange import Exchange
from domain.lines import Lines
from domain.rollups import RollUps
from domain.targets import Targets


class CompanyModel:
    """Build one for each company that is loaded, and keep it as long as that: it remembers what it has worked out."""

    def __init__(self, company: Company) -> None:
        self.company = company

    @property
    def settings(self) -> Settings:
        return self.company.settings

    @cached_property
    def calendar(self) -> BusinessCalendar:
        return BusinessCalendar(self.settings.business_days, self.company.holidays)

    @cached_property
    def exchange(self) -> Exchange:
        return Exchange(self.settings, self.company.rates)

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.company)

    @cached_property
    def targets(self) -> Targets:
        return Targets(self.company, self.calendar, self.exchange, self.lines)

    @cached_property
    def rollups(self) -> RollUps:
        return RollUps(self.lines, self.targets)
