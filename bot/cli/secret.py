"""`turf secret`."""

import typer

app = typer.Typer()


@app.command("secret", epilog="Example: export TURF_SECRET_KEY=$(turf secret)")
def secret() -> None:
    """Print a new key for TURF_SECRET_KEY, which encrypts stored tokens.

    To change the key, put the new one in front of the old one, separated by a comma.
    """
    from cryptography.fernet import Fernet

    typer.echo(Fernet.generate_key().decode())
