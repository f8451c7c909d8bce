"""The one exception that core raises for bad input."""


class InvalidInput(ValueError):
    """A value that breaks a rule; the message names the value, the rule and the remedy.

    The English template is kept apart from its values so that a page can translate the sentence:
    templates are extracted into the catalogue from every ``InvalidInput("...")`` call, and from those of core.checks.

    Args:
        template: an English sentence with named ``str.format`` fields, written as a literal at the call.
        **values: what the fields stand for; plain numbers, strings or tuples.

    >>> str(InvalidInput("lr (={lr}) must be above 0; try 0.01.", lr=-1))
    'lr (=-1) must be above 0; try 0.01.'
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values))

    def __reduce__(self) -> tuple[object, ...]:
        """Keep class, template and values through pickling (Streamlit caches may pickle)."""
        return (_rebuild, (type(self), self.template, self.values))


def _rebuild(kind: type[InvalidInput], template: str, values: dict[str, object]) -> InvalidInput:
    return kind(template, **values)
