"""Pages as trees: `response.html`.

The parser is selectolax (docs/decisions/0009). It is loaded when a script first reads a page.
"""

from typing import TYPE_CHECKING

from locust_like.errors import MissingLibraryError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_HTML_IS_MISSING = (
    "response.html and submit_form() need the selectolax library, which is not installed here: "
    'pip install "locust_like[html]"'
)


def parse_html(text: str) -> "LexborHTMLParser":
    """Parse a page as browsers do.

    Args:
        text: of any quality, also none at all.

    Raises:
        MissingLibraryError: the parser is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "selectolax":
            raise
        raise MissingLibraryError(_HTML_IS_MISSING) from error
    return LexborHTMLParser(text)
