"""The login page: plain HTML without any script."""

from __future__ import annotations

from markupsafe import Markup, escape

_PAGE = Markup("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Log in - locust_like</title>
<h1>locust_like</h1>
<form method="post" action="login">
{error}{user}<p><label>{secret}<br>
<input type="password" name="password" autocomplete="current-password" required></label></p>
<p><button>Log in</button></p>
</form>
</html>
""")
_USER = Markup("""<p><label>User name<br>
<input name="username" autocomplete="username" autofocus></label></p>
""")


def login_page(*, has_user: bool, error: str = "") -> str:
    """Return the page.

    Args:
        has_user: ask for a user name too; without it the token alone is asked for.
        error: what was wrong with the last attempt.
    """
    alert = Markup('<p role="alert"><strong>{}</strong></p>\n').format(error) if error else ""
    secret = "Password" if has_user else "Token (printed where the test was started)"
    return str(_PAGE.format(error=alert, user=_USER if has_user else "", secret=escape(secret)))
