"""How forms are drawn: labels, hints and errors tied to their fields."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draw forms and their fields with our components."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
