"""How a method is called in a table."""

__all__ = ["method_name"]


def method_name(method: str) -> str:
    """A method's id without its constants: the name and the frame."""
    name, _, rest = method.partition("/")
    frames = [part.removeprefix("frame=") for part in rest.split(";") if part.startswith("frame=")]
    together = {"combined": "all together", "recorded answers": "answers together"}
    return f"{name}, {frames[0]}" if frames else together.get(name, name)
