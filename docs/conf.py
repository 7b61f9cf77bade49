"""How the documentation site is made of these pages; `make docs-site` makes it, offline."""

import sys
from pathlib import Path

from filiation import __version__

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))

project = "Filiation"
author = "the authors of Filiation"
version = release = __version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs.commands",
    "docs.typed",
]
exclude_patterns = ["conf.py"]
default_role = "literal"  # docstrings write `name` as Markdown does
smartquotes_action = "qe"  # two hyphens begin an option
nitpicky = True
# Names in signatures are those of Python, numpy and rooms that have no page: there is no index of
# them without a network. Every link that a person wrote is checked.
nitpick_ignore_regex = [(r"py:.*", r".*")]

myst_enable_extensions = ["deflist", "attrs_inline", "colon_fence"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"Filiation {release}"
html_show_sphinx = False
html_copy_source = False
html_show_copyright = False
html_permalinks_icon = "#"
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
pygments_style = "friendly"
pygments_dark_style = "monokai"
