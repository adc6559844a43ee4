"""Routes that are prepared once a process: every test builds its services anew, out of the same routers.

FastAPI prepares the parameters, bodies and answers of a router's routes for each app that includes it, at the app's first request;
for billing that takes longer than most of its tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from fastapi import routing
from starlette.routing import BaseRoute

METHOD: Final = "_build_effective_context"
PREPARED: Final = "_holdfast_prepared"
"""Where a route keeps how it was prepared last: with the route, it goes."""


@contextmanager
def prepared_routes() -> Iterator[None]:
    """Let apps that include a route in the same way share what FastAPI prepares for it; no app may override dependencies."""
    included = routing._IncludedRouter  # noqa: SLF001 (FastAPI prepares routes nowhere else)
    prepare = included._build_effective_context  # noqa: SLF001 (as above)

    def once(self: routing._IncludedRouter, route: BaseRoute) -> routing._EffectiveRouteContext | None:
        here = replace(self.include_context, dependency_overrides_provider=None)
        before, prepared = getattr(route, PREPARED, (None, None))
        if before != here:
            prepared = prepare(replace(self, include_context=here), route)
            setattr(route, PREPARED, (here, prepared))
        return prepared

    setattr(included, METHOD, once)
    try:
        yield
    finally:
        setattr(included, METHOD, prepare)
