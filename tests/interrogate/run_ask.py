"""`filiation ask` as a process of its own, whether or not the verb is registered already."""

from filiation.cli import ask
from filiation.cli.main import app, run

if not any(known.name == "ask" for known in app.registered_commands):
    app.command("ask")(ask.command)

if __name__ == "__main__":
    run()
