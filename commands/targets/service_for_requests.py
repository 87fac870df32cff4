"""The figures of a card before and after a change, line by line, for who may see them."""

from datetime import date

from commands.kit.names import Kind, Subject
from commands.targets import service
from commands.targets.figure_lines import FigureLine, figure_lines
from commands.targets.service import Sight, allow
from domain.periods import Period
from storage.store import Repositories
from templates.numbers import Numbers

__all__ = ["FigureLine", "Kind", "Sight", "Subject", "allow", "figures"]


async def figures(
    repo: Repositories, subject: Subject, period: Period, *, sight: Sight, today: date, n: Numbers
) -> list[FigureLine]:
    """As the card of the subject would show them on that day."""
    made = await service.build(repo, subject=subject, period=period, today=today, sight=sight)
    return figure_lines(made, n)
