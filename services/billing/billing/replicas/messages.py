"""Which message changes which replica."""

from typing import Final

from chassis.messaging.inbox import Handlers
from contracts.catalog import ServiceChanged
from contracts.rooms import SiteChanged
from contracts.scheduling import CancellationPolicyStated, CancellationPolicyStatedV2

from billing.replicas import use_cases

HANDLERS: Final[Handlers] = {
    ServiceChanged: use_cases.replicate_services,
    SiteChanged: use_cases.replicate_sites,
    CancellationPolicyStatedV2: use_cases.keep_policy,
    CancellationPolicyStated: use_cases.keep_policy_v1,
}
