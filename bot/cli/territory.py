"""`turf territory map`: the picture that Slack gets, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.running import open_database, run
from bot.settings import Settings
from domain.errors import NotFound

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="territory", help="Territories: turf territory map NAME -o FILE")


@group.callback()
def _territory() -> None:
    """Territories on the command line."""


@group.command("map", epilog="Example: turf territory map 'New England' -o new-england.png")
def draw_map(
    name: Annotated[str, typer.Argument(help="The territory, in whole or in part, or its key.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The PNG file to write.")],
    workspace: Annotated[str | None, typer.Option(help="Which workspace, if there are several.")] = None,
) -> None:
    """Draw a territory's accounts on a map."""
    title, png = run(_drawn(Settings.from_env(), name, workspace))
    from storage.files import replacing

    with replacing(output) as file:
        file.write(png)
    typer.echo(f"The map of {title} is in {output}.")


async def _drawn(settings: Settings, words: str, workspace: str | None) -> tuple[str, bytes]:
    from commands.kit.names import find_territory
    from commands.kit.outgoing import LOCALE
    from commands.kit.turf import local_date
    from commands.territories.map_picture import picture_of
    from domain.maps.drawing import draw
    from storage.revisions import find_workspace
    from storage.store import Store

    async with open_database(settings) as database:
        async with database.read() as connection:
            here = (await find_workspace(connection, workspace)).id
        async with Store(database).read(here) as repo:
            territory = repo.company.territories[find_territory(words, repo.company).id]
            today = local_date(settings.clock().now(), repo.settings.timezone)
            picture = await picture_of(repo, territory, today=today, locale=LOCALE)
    if picture is None:
        raise NotFound(
            f"There is no map of {territory.name}: no account in it has coordinates, a region or a country that I know."
        )
    return territory.name, draw(picture)
