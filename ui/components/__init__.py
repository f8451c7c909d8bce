"""Browser components: one folder each, with its Python face, its script and its style."""
