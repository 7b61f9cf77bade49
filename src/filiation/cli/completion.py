"""The verb `completion`: a shell asks the program itself which words may come next."""

from typing import Annotated, Final, Literal

import typer

__all__ = ["command"]

_BASH: Final = """\
_filiation() {
  local IFS=$'\\n'
  COMPREPLY=( $(filiation --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) )
}
complete -o default -F _filiation filiation
"""
_ZSH: Final = """\
#compdef filiation
_filiation() {
  local -a found
  found=( ${(f)"$(filiation --complete "${(@)words[2,CURRENT]}" 2>/dev/null)"} )
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _filiation filiation
"""
_FISH: Final = """\
function __filiation
    set -l before (commandline -opc)
    filiation --complete $before[2..] "$(commandline -ct)" 2>/dev/null
end
complete -c filiation -a '(__filiation)'
"""
_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def command(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="The shell you type in.")],
) -> None:
    """Print the script that completes `filiation` in a shell.

    bash: add `source <(filiation completion bash)` to ~/.bashrc. zsh: the same with zsh, in
    ~/.zshrc, after compinit. fish: write it to ~/.config/fish/completions/filiation.fish.
    """
    typer.echo(_SCRIPTS[shell], nl=False)
