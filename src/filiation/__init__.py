"""Did this model come from that one? Forensic statistics on language models.

`import filiation as fl` loads nothing else: each name below is loaded when it is first used.
"""

TYPE_CHECKING = False  # True to a type checker; importing `typing` would cost more than all else
if TYPE_CHECKING:
    from filiation import errors
    from filiation.api.case import Case, open_case
    from filiation.api.conclusion import Conclusion
    from filiation.api.examination import Examination, open_examination
    from filiation.api.examining import examine, plan
    from filiation.api.finding import Finding
    from filiation.api.library import Library, library
    from filiation.api.material import Material, read
    from filiation.api.plan import Plan
    from filiation.api.population import Population, population
    from filiation.api.sketch import Sketch, sketch
    from filiation.api.survey import Survey, survey
    from filiation.api.verified import Verified

__all__ = ["Case", "Conclusion", "Examination", "Finding", "Library", "Material", "Plan",
           "Population", "Sketch", "Survey", "Verified", "errors", "examine", "library",
           "open_case", "open_examination", "plan", "population", "read", "sketch",
           "survey"]  # fmt: skip

__version__ = "0.1.0"

_ROOMS = {
    "case": ("Case", "open_case"),
    "conclusion": ("Conclusion",),
    "examination": ("Examination", "open_examination"),
    "examining": ("examine", "plan"),
    "finding": ("Finding",),
    "library": ("Library", "library"),
    "material": ("Material", "read"),
    "plan": ("Plan",),
    "population": ("Population", "population"),
    "sketch": ("Sketch", "sketch"),
    "survey": ("Survey", "survey"),
    "verified": ("Verified",),
}


if not TYPE_CHECKING:  # to whom a name that is not imported above is a mistake

    def __getattr__(name):
        from importlib import import_module

        if name == "errors":
            return import_module("filiation.errors")
        for room, names in _ROOMS.items():
            if name in names:
                return getattr(import_module(f"filiation.api.{room}"), name)
        raise AttributeError(f"module 'filiation' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
