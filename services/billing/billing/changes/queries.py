"""What was changed, to be joined in what other capabilities read."""

from typing import Final, cast

from sqlalchemy import Table as CoreTable

from billing.changes.tables import ChangeRow

CHANGE: Final = cast("CoreTable", ChangeRow.__table__)
