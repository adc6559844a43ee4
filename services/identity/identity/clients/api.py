"""The HTTP edge of clients, for administrators."""

from http import HTTPStatus

from chassis.http.conventions import Cursor, IfMatch, Limit, Once, Reading
from chassis.http.problems import documented
from chassis.rows.paging import Page
from fastapi import APIRouter, Response

from identity.access.api import REFUSALS, Acting, Administrator
from identity.clients import queries, use_cases
from identity.clients.schemas import ClientChanges, ClientKey, ClientSecret, ClientView, NewClient
from identity.pages.api import Provider, Work

router = APIRouter(prefix="/clients", tags=["clients"])


@router.get("", operation_id="list_clients", summary="List clients by id", responses=documented(*REFUSALS))
async def list_clients(_: Administrator, db: Reading, limit: Limit = 50, cursor: Cursor = None) -> Page[ClientView]:
    """Return a page of the clients."""
    return await queries.list_clients(db, limit=limit, cursor=cursor)


@router.post("", operation_id="add_client", summary="Add a client", status_code=HTTPStatus.CREATED, responses=documented(*REFUSALS, 409))
async def add_client(body: NewClient, _: Administrator, acting: Acting, issuer: Provider, once: Once, response: Response) -> ClientView:
    """Add a client; a confidential one gets its secret afterwards."""
    client = await once(lambda tx: use_cases.add(tx, body, acting), ClientView)
    response.headers["Location"] = f"{issuer.path}/clients/{client.id}"
    return client


@router.get("/{client_id}", operation_id="find_client", summary="Find a client", responses=documented(*REFUSALS, 404))
async def find_client(client_id: ClientKey, _: Administrator, db: Reading) -> ClientView:
    """Return a client."""
    return await queries.read(db, client_id)


@router.patch("/{client_id}", operation_id="change_client", summary="Change a client", responses=documented(*REFUSALS, 404, 412))
async def change_client(
    client_id: ClientKey, body: ClientChanges, if_match: IfMatch, _: Administrator, acting: Acting, once: Once
) -> ClientView:
    """Change what is named; one that is not active gets no token."""
    return await once(lambda tx: use_cases.change(tx, client_id, body, if_match, acting), ClientView)


@router.post(
    "/{client_id}/secret",
    operation_id="renew_client_secret",
    summary="Give a client another secret",
    responses=documented(*REFUSALS, 404, 409),
)
async def renew_client_secret(client_id: ClientKey, _: Administrator, acting: Acting, work: Work, response: Response) -> ClientSecret:
    """Return a new secret, which is shown this once and takes the place of the one before."""
    response.headers["Cache-Control"] = "no-store"
    return await work(lambda tx: use_cases.renew_secret(tx, client_id, acting), ClientSecret)
