"""`filiation ask` as a process of its own."""

from filiation.cli.main import run

if __name__ == "__main__":
    run()
