"""How forms are drawn: labels, hints and errors tied to their fields."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draw form fields with our component."""

    field_template_name = "components/field.html"
