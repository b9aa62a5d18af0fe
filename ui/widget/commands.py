"""``rag channel``: who may embed the widget."""

from __future__ import annotations

import json
import re
import secrets
from typing import Annotated

import typer

from rag.errors import InputError
from ui.terminal import AsJson, errors, settings_for

app = typer.Typer(
    name="channel",
    help="The channels through which intranet pages embed the widget, kept in the file that RAG_CHANNELS names.",
    no_args_is_help=False,
)

Name = Annotated[str, typer.Argument(help="The channel's name: small letters, digits and hyphens, 40 at most.")]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - the options of a command
    name: Name,
    origin: Annotated[
        list[str] | None,
        typer.Option("--origin", help="An origin whose pages may embed it: https://oa.example.org; may be repeated."),
    ] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Whoever reaches the panel may ask.")] = False,
    title: Annotated[str, typer.Option("--title", help="What stands above the panel.")] = "",
    per_minute: Annotated[int, typer.Option("--per-minute", min=1, help="Questions a minute of one caller.")] = 20,
    channel_per_minute: Annotated[
        int, typer.Option("--channel-per-minute", min=1, help="Questions a minute of all callers together.")
    ] = 200,
) -> None:
    """Add a channel. Its secret is printed once, unless it is anonymous; a running server knows the channel at once."""
    from pydantic import ValidationError

    from ui.door import hashed
    from ui.widget import channels

    if not re.fullmatch(channels.NAME, name):
        raise InputError(
            f"channel {name!r}: a name has small letters, digits and hyphens only, and 40 characters at most"
        )
    secret = "" if anonymous else secrets.token_urlsafe(32)
    try:
        made = channels.Channel(
            origins=tuple(dict.fromkeys(origin or ())),
            anonymous=anonymous,
            secret_sha256=hashed(secret) if secret else "",
            title=title,
            per_minute=per_minute,
            channel_per_minute=channel_per_minute,
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InputError(f"channel {name}: {first['msg'].removeprefix('Value error, ')}") from None
    with channels.changed(settings_for().channels) as known:
        if name in known:
            raise InputError(
                f"channel {name} is there already; rag channel remove {name} first, or choose another name"
            )
        known[name] = made
    typer.echo(f"added: {name}, may be framed by: {made.ancestors}")
    if not made.origins:
        errors.print("no page may embed it: give --origin, or use the address of its panel alone (/embed/…)")
    _tell(name, secret)


def _tell(name: str, secret: str) -> None:
    typer.echo(f'<script src="http://HOST:PORT/widget.js" data-channel="{name}" async></script>')
    if secret:
        typer.echo(f"secret: {secret}")
        errors.print("the secret is shown this once; it belongs on the intranet's server, never into a page")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the channels: who may embed them, how users come in, and how often they may ask."""
    from ui.widget import channels

    for name, one in channels.read(settings_for().channels).items():
        told = one.model_dump(exclude={"secret_sha256"})
        entry = "anonymous" if one.anonymous else "token"
        limits = f"{one.per_minute}/min each, {one.channel_per_minute}/min together"
        row = json.dumps({"name": name, **told}, ensure_ascii=False) if as_json else ""
        typer.echo(row or "  ".join(filter(None, (name, entry, one.ancestors, limits, one.title))))


@app.command()
def remove(name: Name) -> None:
    """Remove a channel; its tokens end with it."""
    from ui.widget import channels

    path = settings_for().channels
    with channels.changed(path) as known:
        if known.pop(name, None) is None:
            raise InputError(_none(name, known))
    typer.echo(f"removed: {name}")


@app.command()
def rotate(name: Name) -> None:
    """Give a channel a new secret; the old one and the tokens made with it end at once."""
    from ui.door import hashed
    from ui.widget import channels

    secret = secrets.token_urlsafe(32)
    with channels.changed(settings_for().channels) as known:
        if name not in known:
            raise InputError(_none(name, known))
        if known[name].anonymous:
            raise InputError(f"channel {name} is anonymous and has no secret; remove it and add it without --anonymous")
        known[name] = known[name].model_copy(update={"secret_sha256": hashed(secret)})
    typer.echo(f"rotated: {name}")
    _tell(name, secret)


def _none(name: str, known: object) -> str:
    there = ", ".join(sorted(known)) if isinstance(known, dict) and known else "none"
    return f"no channel {name!r}; there are: {there}"
