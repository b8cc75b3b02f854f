"""Who teaches."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import District, Person
from common.strokes import Strokes
from library.models import Subject


class Instructor(models.Model):
    """A person who teaches (講師); a seed teacher (種子教師) also assists agencies in a zone."""

    person = models.OneToOneField(Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="instructor")
    is_seed_teacher = models.BooleanField(_("seed teacher"), default=False)
    districts = models.ManyToManyField(District, verbose_name=_("zone"), blank=True, related_name="seed_teachers")
    subjects = models.ManyToManyField(Subject, verbose_name=_("expertise"), blank=True, related_name="instructors")
    introduction = models.TextField(_("introduction"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("instructor")
        verbose_name_plural = _("instructors")
        ordering = [Strokes("person__name"), "pk"]

    def __str__(self) -> str:
        return self.person.name
