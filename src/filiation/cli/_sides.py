"""Arguments of the verb `examine`: the models, and what was put in of each."""

from typing import Annotated, TypeAlias

import typer

__all__ = ["Before", "Components", "Controls", "Source", "SourceAlso", "Subject", "SubjectAlso"]

Subject: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="The model under examination: a folder, a file of weights (safetensors, GGUF, ONNX, "
        "torch, Flax and others), an archive of one, BASE+ADAPTER, a .sketch, where one lies "
        "(hf://ORG/NAME, https://.., s3://..), or recorded answers as FILE#MODEL; NAME=MODEL "
        "names it. Against its like also an adapter or a tokenizer.json.",
    ),
]
Source: TypeAlias = Annotated[
    str, typer.Option("--source", metavar="MODEL", help="The model it is said to come from.")
]
Controls: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--control",
        metavar="MODEL",
        help="A model known to be independent of both; repeatable; FILE#* for all others.",
    ),
]
Components: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--component",
        "--common",
        metavar="MODEL",
        help="What is public or was given to both: of weights a component, such as CLIP's encoder, "
        "which is set aside where the source holds it beside its language body; of source code a "
        "tree of base code, whose functions the ledger sets aside. Repeatable.",
    ),
]
SubjectAlso: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--subject-also",
        metavar="MATERIAL",
        help="Further material of the subject, such as its recorded answers; repeatable.",
    ),
]
SourceAlso: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--source-also", metavar="MATERIAL", help="The same of the source; repeatable."),
]
Before: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--before",
        metavar="ANSWERS",
        help="Recorded answers of an older version of MODEL: did it move towards the source since?",
    ),
]
