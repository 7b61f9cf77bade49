"""One report, many forms: HTML, terminal, JSON, Markdown, Typst."""
