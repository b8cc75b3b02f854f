"""The site's skeleton: languages, the root page in each, the site record. Idempotent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.models import DraftStateMixin, Locale, Page, Revision, Site

from common.audit import audit
from common.errors import DomainError

from .models import BasePage, HomePage

logger = logging.getLogger(__name__)

_TITLE = _("Sunshine Procurement Academy")
_HEADLINE = _("Spend every dollar clearly. It begins with learning procurement.")
_INTRODUCTION = _("Classes, lectures and lessons on government procurement: enrol, learn and get certified online.")


@transaction.atomic
def ensure_site(
    *, headline: str = "", introduction: str = "", headline_en: str = "", introduction_en: str = ""
) -> HomePage:
    """Make sure that the site stands: both languages, a home page in each, the site record; return the home page.

    What exists is left as it is; the texts are used only for a page that is made now. Wagtail's welcome
    page goes, unless somebody has put pages under it.
    """
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in dict(settings.LANGUAGES)}
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root", locale=locales[settings.LANGUAGE_CODE]))
    welcome = root.get_children().filter(slug="home", alias_of=None).exact_type(Page).first()

    home = HomePage.objects.child_of(root).filter(locale=locales[settings.LANGUAGE_CODE]).first()
    if home is None:
        home = _new_home(settings.LANGUAGE_CODE, locales, headline, introduction, slug="home-zh-hant")
        root.add_child(instance=home)
        home.save_revision().publish()
    _ensure_site_record(home)
    if welcome is not None and not welcome.get_children().exists():
        welcome.delete()
    for code, locale in locales.items():
        if code != settings.LANGUAGE_CODE and not home.has_translation(locale):
            _translate_home(home, code, locale, headline_en, introduction_en)
    home.refresh_from_db()
    return home


def ensure_translations(*, page: Page) -> None:
    """Give `page` an alias in every language that has no page for it yet, under the aliases of its parents.

    Does for pages made by code what the back office does for pages made by editors: an alias shows the
    words of its source until somebody translates it.
    """
    for locale in Locale.objects.exclude(pk=page.locale_id):
        if not page.has_translation(locale):
            page.copy_for_translation(locale, copy_parents=True, alias=True)


@transaction.atomic
def ensure_page(*, parent: Page, page_type: type[BasePage], slug: str, words: Mapping[str, Promise]) -> BasePage:
    """Make sure that a page of `page_type` stands below `parent` in every language of `parent`; return `parent`'s own.

    `words` are the fields to fill, in texts that are translated. What exists is left as it is, wherever editors
    have moved it.
    """
    page = page_type.objects.filter(locale_id=parent.locale_id, alias_of=None).first()
    if page is None:
        with override(parent.locale.language_code):
            page = page_type(slug=slug, locale=parent.locale, **{name: str(text) for name, text in words.items()})
        parent.add_child(instance=page)
        page.save_revision().publish()
    for above in parent.get_translations().select_related("locale"):
        if not page.has_translation(above.locale):
            translation = page.copy_for_translation(above.locale)
            with override(above.locale.language_code):
                for name, text in words.items():
                    setattr(translation, name, str(text))
            translation.save_revision().publish()
    return page


def _new_home(code: str, locales: dict[str, Locale], headline: str, introduction: str, *, slug: str) -> HomePage:
    with override(code):
        return HomePage(
            title=str(_TITLE),
            slug=slug,
            locale=locales[code],
            headline=headline or str(_HEADLINE),
            introduction=introduction or str(_INTRODUCTION),
        )


def _translate_home(home: HomePage, code: str, locale: Locale, headline: str, introduction: str) -> None:
    translation = home.copy_for_translation(locale)
    with override(code):
        translation.title = str(_TITLE)
        translation.headline = headline or str(_HEADLINE)
        translation.introduction = introduction or str(_INTRODUCTION)
    translation.slug = f"home-{code}"
    translation.save_revision().publish()


def _ensure_site_record(home: HomePage) -> None:
    """Point the default site at `home`; its address is that of SITE_URL."""
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if site.pk and site.root_page_id == home.pk and (site.hostname, site.port) == (address.hostname, port):
        return
    site.hostname, site.port = address.hostname or "localhost", port
    site.site_name, site.root_page = str(settings.SITE_NAME), home
    site.save()


def publish_scheduled() -> None:
    """Take down what has expired and publish what is due: pages, and everything else of Wagtail's with drafts.

    As Wagtail's command of this name, but one that fails keeps none of the others waiting: an error is logged, a
    refusal by a rule of ours takes the page off the schedule (it stays a draft) and is audited. A second run at the
    same time finds nothing left to do.
    """
    now = timezone.now()
    models = [
        model for model in apps.get_models() if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]
    for model in [Page, *models]:
        for expired in model._default_manager.filter(live=True, expire_at__lt=now).order_by("expire_at"):
            _try(expired.unpublish, expired, set_expired=True, log_action="wagtail.unpublish.scheduled")
    for revision in Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at"):
        if not _try(revision.publish, revision, log_action="wagtail.publish.scheduled"):
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)


def _try(do: Callable[..., object], obj: Page | Revision, **how: object) -> bool:
    """Do it in a transaction of its own; False when a rule of ours refuses."""
    try:
        with transaction.atomic():
            do(**how)
    except DomainError as refusal:
        audit("page.schedule_refused", obj=obj, reason=refusal.code)
        return False
    except Exception:
        logger.exception("%s %s could not be published or taken down on schedule", type(obj).__name__, obj.pk)
    return True
