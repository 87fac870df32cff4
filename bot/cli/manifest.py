"""`turf manifest`."""

import typer

from bot.settings import Settings

app = typer.Typer()


@app.command(
    "manifest",
    epilog="Examples: turf manifest > manifest.yaml | TURF_PUBLIC_URL=https://turf.example.com turf manifest",
)
def manifest() -> None:
    """Print the manifest of the Slack app: paste it at api.slack.com/apps, Create New App, From a manifest.

    With TURF_PUBLIC_URL Slack calls that address over HTTP; without it the app uses Socket Mode.
    """
    import yaml

    from bot.app import register_features
    from bot.manifest import manifest as made

    public_url = Settings.from_env().public_url
    typer.echo(yaml.safe_dump(made(register_features(), public_url), sort_keys=False, allow_unicode=True), nl=False)
