"""Failed tenders: cases, notices, the taxonomy, the review group."""

import datetime
import hashlib

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from casestudies.enums import AmountState, CaseScope, CaseSource, Dimension, Failure, MeetingState, NoticeKind
from casestudies.models import (
    AgendaItem,
    CommitteeMember,
    Decision,
    Listing,
    ListingRule,
    MeetingMember,
    ReviewMeeting,
    TaxonomyEdition,
    TaxonomyEntry,
    TenderCase,
    TenderNotice,
)
from library.enums import Band, ProcurementKind
from tests.factories.accounts import AgencyFactory, PersonFactory


class TenderCaseFactory(DjangoModelFactory[TenderCase]):
    """A works case of the city of 公告金額 or more that has not failed."""

    class Meta:
        model = TenderCase

    scope = CaseScope.CITY
    unit_id = "3.87.52"
    number = factory.Sequence(lambda n: f"115D{n:04}")
    agency = factory.SubFactory(AgencyFactory)
    agency_name = factory.SelfAttribute("agency.name")
    title = factory.Sequence(lambda n: f"校舍修繕工程第{n}案")
    kind = ProcurementKind.WORKS
    first_notice_on = datetime.date(2026, 3, 2)
    has_first_notice = True
    budget = 5_000_000
    amount_state = AmountState.KNOWN
    band = Band.PUBLICATION
    source = CaseSource.FORM


class TenderNoticeFactory(DjangoModelFactory[TenderNotice]):
    """The first tender notice of a case."""

    class Meta:
        model = TenderNotice

    case = factory.SubFactory(TenderCaseFactory)
    key = factory.Sequence(lambda n: f"TIQ-1-{n:08}")
    kind = NoticeKind.TENDER
    printed_type = "公開招標公告"
    published_on = datetime.date(2026, 3, 2)
    budget = factory.SelfAttribute("case.budget")
    digest = factory.LazyAttribute(lambda notice: hashlib.sha256(notice.key.encode()).hexdigest())
    source = CaseSource.FORM


class FailedNoticeFactory(TenderNoticeFactory):
    """A notice that no award was made: nobody bid."""

    key = factory.Sequence(lambda n: f"NAI-1-{n:08}")
    kind = NoticeKind.FAILED
    printed_type = "無法決標公告"
    published_on = datetime.date(2026, 3, 20)
    reason = "流標(無廠商投標或未達法定開標家數)"
    failure = Failure.NO_TENDERS
    budget = None


class ListingRuleFactory(DjangoModelFactory[ListingRule]):
    """Works of 公告金額 or more that failed twice."""

    class Meta:
        model = ListingRule

    name = factory.Sequence(lambda n: f"規則{n}")
    kind = ProcurementKind.WORKS
    at_least = Band.PUBLICATION
    failures = 2
    effective_from = datetime.date(2018, 1, 1)
    source = "測試"


class ListingFactory(DjangoModelFactory[Listing]):
    class Meta:
        model = Listing

    case = factory.SubFactory(TenderCaseFactory, failures=2)
    rule = factory.SubFactory(ListingRuleFactory)
    listed_on = datetime.date(2026, 4, 20)


class TaxonomyEditionFactory(DjangoModelFactory[TaxonomyEdition]):
    """A published edition without entries."""

    class Meta:
        model = TaxonomyEdition

    name = factory.Sequence(lambda n: f"第{n}版")
    effective_from = datetime.date(2018, 1, 1)
    published_at = factory.LazyFunction(timezone.now)
    source = "測試"


class TaxonomyEntryFactory(DjangoModelFactory[TaxonomyEntry]):
    class Meta:
        model = TaxonomyEntry

    edition = factory.SubFactory(TaxonomyEditionFactory)
    dimension = Dimension.CAUSE
    code = factory.Sequence(lambda n: f"E{n:02}")
    name = factory.Sequence(lambda n: f"項目{n}")
    source = "測試"


class CommitteeMemberFactory(DjangoModelFactory[CommitteeMember]):
    class Meta:
        model = CommitteeMember

    person = factory.SubFactory(PersonFactory)


class ReviewMeetingFactory(DjangoModelFactory[ReviewMeeting]):
    """A meeting that members see."""

    class Meta:
        model = ReviewMeeting

    name = factory.Sequence(lambda n: f"115 年第 {n} 次督導會議")
    starts_at = factory.LazyFunction(timezone.now)
    state = MeetingState.CONVENED


class MeetingMemberFactory(DjangoModelFactory[MeetingMember]):
    class Meta:
        model = MeetingMember

    meeting = factory.SubFactory(ReviewMeetingFactory)
    member = factory.SubFactory(CommitteeMemberFactory)


class AgendaItemFactory(DjangoModelFactory[AgendaItem]):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(ReviewMeetingFactory)
    case = factory.SubFactory(TenderCaseFactory, failures=2)
    order = factory.Sequence(lambda n: n + 1)


class DecisionFactory(DjangoModelFactory[Decision]):
    """A decision of a closed meeting that is due in a month."""

    class Meta:
        model = Decision

    meeting = factory.SubFactory(ReviewMeetingFactory, state=MeetingState.CLOSED)
    text = factory.Sequence(lambda n: f"檢討預算單價第{n}項")
    owner = factory.SubFactory(AgencyFactory)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=30))
