"""`python -m filiation` is the same as `filiation`."""

from filiation.cli.main import run

if __name__ == "__main__":
    run()
