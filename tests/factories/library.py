"""Subjects and laws."""

import datetime

import factory
from factory.django import DjangoModelFactory

from library.enums import TextSource
from library.models import Article, ArticleVersion, Law, LawVersion, Subject


class SubjectFactory(DjangoModelFactory[Subject]):
    class Meta:
        model = Subject

    code = factory.Sequence(lambda n: f"S{n:03}")
    name = factory.Sequence(lambda n: f"科目{n}")
    name_en = factory.Sequence(lambda n: f"Subject {n}")


class LawFactory(DjangoModelFactory[Law]):
    class Meta:
        model = Law

    pcode = factory.Sequence(lambda n: f"T{n:07}")
    name = factory.Sequence(lambda n: f"測試法{n}")


class LawVersionFactory(DjangoModelFactory[LawVersion]):
    class Meta:
        model = LawVersion

    law = factory.SubFactory(LawFactory)
    amended_on = datetime.date(2019, 5, 22)


class ArticleFactory(DjangoModelFactory[Article]):
    class Meta:
        model = Article

    law = factory.SubFactory(LawFactory)
    number = factory.Sequence(lambda n: str(n + 1))
    order = factory.Sequence(lambda n: n + 1)


class ArticleVersionFactory(DjangoModelFactory[ArticleVersion]):
    class Meta:
        model = ArticleVersion

    article = factory.SubFactory(ArticleFactory)
    law_version = factory.SubFactory(LawVersionFactory, law=factory.SelfAttribute("..article.law"))
    text = "第一項。"
    source = TextSource.OFFICIAL
