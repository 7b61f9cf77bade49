"""How often does p of two sets say a copy? The table of docs/protocol.md, printed."""

from size.test_blind_sets_size import CONTROLS, FEW, LEAST, MANY, NOISES, TRIALS, at_most


def main() -> None:
    """The figures of docs/protocol.md."""
    print(f"first of {CONTROLS} controls (p = {LEAST:g}), in {TRIALS} trials")
    for name, size, copied, spread in (
        ("stranger", 0, 0.0, 2.0), (f"stranger of {FEW} texts", FEW, 0.0, 2.0),
        (f"stranger of {MANY} texts", MANY, 0.0, 2.0), ("a fifth copied", 0, 0.2, 2.0),
        ("half copied", 0, 0.5, 2.0), ("half copied, sizes differ tenfold", 0, 0.5, 10.0),
    ):  # fmt: skip
        rates = [at_most(LEAST, size, copied, spread, epsilon) for epsilon in NOISES]
        said = ", ".join(f"{rate:.2f} (epsilon {e / 100:g})" if e else f"{rate:.2f}"
                         for e, rate in zip(NOISES, rates, strict=True))  # fmt: skip
        print(f"  {name}: {said}")


if __name__ == "__main__":
    main()
