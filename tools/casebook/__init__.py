"""The casebook: real language models, small, whose ancestry is known because we trained them."""
