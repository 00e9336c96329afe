"""The login page: plain HTML without any script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PAGE = Markup("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Log in - {title}</title>
<h1>{title}</h1>
{news}{forms}</html>
""")
_FORM = Markup("""<form method="post" action="{action}">
{fields}<p><button>{button}</button></p>
</form>
""")
_FIELD = Markup("<p><label>{label}<br>\n{control}</label></p>\n")
_CHECK = Markup("<p><label>{control} {label}</label></p>\n")
_USER = Markup(
    '<input name="username" autocomplete="username" autocapitalize="none" autofocus{required}>'
)
_PASSWORD = Markup(
    '<input type="password" name="password" autocomplete="current-password" required>'
)
_PROVIDER = Markup('<p><a href="{url}">{icon}{label}</a></p>\n')
_ICON = Markup('<img src="{}" alt="" width="16" height="16"> ')
_REQUIRED = Markup(" required")


def login_page(*, has_user: bool, error: str = "") -> str:
    """Return the page of our own login.

    Args:
        has_user: ask for a user name too; without it the token alone is asked for.
        error: what was wrong with the last attempt.
    """
    secret = "Password" if has_user else "Token (printed where the test was started)"
    fields = _user() if has_user else Markup()
    form = _form("login", fields + _FIELD.format(label=secret, control=_PASSWORD))
    return str(_PAGE.format(title="locust_like", news=_news(error, ""), forms=form))


def script_login_page(args: Mapping[str, Any], error: str, info: str) -> str:
    """Return the page of a script's login.

    Args:
        args: Locust's `auth_args`: `title`, `username_password_callback`, `custom_form`,
            `auth_providers`, `error` and `info`.
        error: what was wrong with the last attempt.
        info: other news.
    """
    forms = Markup()
    if args.get("username_password_callback"):
        fields = _user(_REQUIRED) + _FIELD.format(label="Password", control=_PASSWORD)
        forms += _form(args["username_password_callback"], fields)
    custom = args.get("custom_form")
    if custom:
        fields = Markup().join(_input(row) for row in custom.get("inputs") or ())
        forms += _form(custom["callback_url"], fields, custom.get("submit_button_text"))
    for provider in args.get("auth_providers") or ():
        forms += _provider(provider)
    news = _news(error or args.get("error") or "", info or args.get("info") or "")
    return str(_PAGE.format(title=args.get("title") or "locust_like", news=news, forms=forms))


def icon_origins(args: Mapping[str, Any]) -> Iterable[str]:
    """Return the origins that the icons of `auth_providers` come from, for a page policy."""
    for provider in args.get("auth_providers") or ():
        parts = urlsplit(provider.get("icon_url") or "")
        if parts.scheme in ("http", "https") and parts.hostname:
            port = f":{parts.port}" if parts.port else ""
            yield f"{parts.scheme}://{parts.hostname}{port}"


def _form(action: str, fields: Markup, button: str | None = None) -> Markup:
    return _FORM.format(action=action, fields=fields, button=button or "Log in")


def _user(required: Markup = Markup()) -> Markup:  # noqa: B008 - it cannot change
    return _FIELD.format(label="User name", control=_USER.format(required=required))


def _input(row: Mapping[str, Any]) -> Markup:
    """Return one input of a custom form; what kind it is says its values, as in Locust."""
    name, value = row.get("name", ""), row.get("default_value")
    required = _REQUIRED if row.get("is_required") else Markup()
    label = row.get("label") or name
    if isinstance(value, bool):
        checked = Markup(" checked") if value else Markup()
        control = Markup('<input type="checkbox" name="{}"{}>').format(name, checked)
        return _CHECK.format(label=label, control=control)
    if row.get("choices"):
        chosen = value if isinstance(value, list) else [value]
        options = Markup().join(
            Markup("<option{}>{}</option>").format(
                Markup(" selected") if choice in chosen else "", choice
            )
            for choice in row["choices"]
        )
        multiple = Markup(" multiple") if row.get("is_multiple") else Markup()
        control = Markup('<select name="{}"{}{}>{}</select>').format(
            name, multiple, required, options
        )
        return _FIELD.format(label=label, control=control)
    kind = "password" if row.get("is_secret") else row.get("type") or "text"
    control = Markup('<input type="{}" name="{}" value="{}"{}>').format(
        kind, name, "" if value is None else value, required
    )
    return _FIELD.format(label=label, control=control)


def _provider(row: Mapping[str, Any]) -> Markup:
    icon = _ICON.format(row["icon_url"]) if row.get("icon_url") else Markup()
    label = row.get("label") or row.get("callback_url", "")
    return _PROVIDER.format(url=row.get("callback_url", ""), icon=icon, label=escape(label))


def _news(error: str, info: str) -> Markup:
    alert = Markup('<p role="alert"><strong>{}</strong></p>\n').format(error) if error else Markup()
    return alert + (Markup('<p role="status">{}</p>\n').format(info) if info else Markup())
