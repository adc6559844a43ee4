"""Accounts, clients, keys, sign-ins, tokens, and what happened to them."""

from alembic import op
from chassis.data.migrations import refuse_while_rows

revision = "0001"
down_revision = None

CHASSIS = (
    """
    CREATE TABLE idempotency (
        scope text NOT NULL, key text NOT NULL, fingerprint bytea NOT NULL, answer jsonb, remembered_at timestamptz DEFAULT now() NOT NULL,
        PRIMARY KEY (scope, key))
    """,
    "CREATE INDEX idempotency_remembered_at ON idempotency (remembered_at)",
    "CREATE TABLE inbox (event_id uuid NOT NULL, received_at timestamptz DEFAULT now() NOT NULL, PRIMARY KEY (event_id))",
    "CREATE INDEX inbox_received_at ON inbox (received_at)",
    "CREATE TABLE lease (name text NOT NULL, holder text NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (name))",
    """
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL, type text NOT NULL, exchange text NOT NULL, subject text,
        correlation_id text, causation_id text, sequence integer, traceparent text, written_at timestamptz NOT NULL, body bytea NOT NULL,
        parked_until timestamptz, parked_reason text, parked_times integer DEFAULT 0 NOT NULL, PRIMARY KEY (id))
    """,
    "CREATE INDEX outbox_aside ON outbox (exchange, parked_until) WHERE parked_until IS NOT NULL",
    "CREATE INDEX outbox_ready ON outbox (exchange, id) WHERE parked_until IS NULL",
)
"""The tables of the chassis: remembered answers, inbox, leases and outbox."""

ACCOUNTS = (
    """
    CREATE TABLE account (
        id uuid PRIMARY KEY, user_name text NOT NULL, email text, full_name text NOT NULL, password_hash text, password_set_at timestamptz,
        must_change_password boolean NOT NULL, is_disabled boolean NOT NULL, created_by text NOT NULL, version integer NOT NULL,
        created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        CONSTRAINT one_user_name_once UNIQUE (user_name), CONSTRAINT one_email_once UNIQUE (email))
    """,
    """
    CREATE TABLE role_grant (
        id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES account (id), role varchar(20) NOT NULL, site_id uuid, therapist_id uuid,
        granted_by text NOT NULL, granted_at timestamptz NOT NULL,
        CONSTRAINT therapists_alone_are_a_therapist CHECK ((role = 'therapist') = (therapist_id IS NOT NULL)))
    """,
    "CREATE UNIQUE INDEX one_grant_once ON role_grant (account_id, role, site_id, therapist_id) NULLS NOT DISTINCT",
    "CREATE INDEX role_grant_at_site ON role_grant (site_id, account_id)",
    """
    CREATE TABLE one_time_link (
        digest text PRIMARY KEY, account_id uuid REFERENCES account (id), created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
        used_at timestamptz)
    """,
    "CREATE INDEX one_time_link_of_account ON one_time_link (account_id)",
    """
    CREATE TABLE attempt (
        scope text NOT NULL, key text NOT NULL, failures integer NOT NULL, since timestamptz NOT NULL, locked_until timestamptz,
        PRIMARY KEY (scope, key))
    """,
)
FACTORS = (
    """
    CREATE TABLE totp (
        account_id uuid PRIMARY KEY, secret text NOT NULL, last_step integer NOT NULL, confirmed_at timestamptz,
        created_at timestamptz NOT NULL)
    """,
    "CREATE TABLE recovery_code (digest text PRIMARY KEY, account_id uuid NOT NULL, used_at timestamptz)",
    "CREATE INDEX recovery_code_of_account ON recovery_code (account_id)",
    """
    CREATE TABLE passkey (
        id uuid PRIMARY KEY, account_id uuid NOT NULL, passkey_name text NOT NULL, credential_id text NOT NULL, public_key text NOT NULL,
        sign_count integer NOT NULL, created_at timestamptz NOT NULL, used_at timestamptz)
    """,
    "CREATE INDEX passkey_of_account ON passkey (account_id)",
    "CREATE UNIQUE INDEX passkey_by_credential ON passkey (credential_id)",
    "CREATE TABLE passkey_challenge (browser text PRIMARY KEY, challenge text NOT NULL, account_id uuid, expires_at timestamptz NOT NULL)",
)
SIGN_INS = (
    """
    CREATE TABLE sign_in (
        id uuid PRIMARY KEY, account_id uuid NOT NULL, digest text NOT NULL, amr text[] NOT NULL, began_at timestamptz NOT NULL,
        used_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, ended_at timestamptz, address text NOT NULL,
        user_agent text NOT NULL)
    """,
    "CREATE INDEX sign_in_of_account ON sign_in (account_id, id)",
    "CREATE UNIQUE INDEX sign_in_by_digest ON sign_in (digest)",
    """
    CREATE TABLE pending_sign_in (
        digest text PRIMARY KEY, account_id uuid NOT NULL, amr text[] NOT NULL, expires_at timestamptz NOT NULL)
    """,
)
TOKENS = (
    """
    CREATE TABLE client (
        id text PRIMARY KEY, client_name text NOT NULL, secret_digest text, is_public boolean NOT NULL, redirect_uris text[] NOT NULL,
        logout_uris text[] NOT NULL, scopes text[] NOT NULL, has_refresh_cookie boolean NOT NULL, is_active boolean NOT NULL,
        version integer NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)
    """,
    """
    CREATE TABLE signing_key (
        kid text PRIMARY KEY, public_key jsonb NOT NULL, private_key text NOT NULL, created_at timestamptz NOT NULL,
        signs_from timestamptz NOT NULL, withdrawn_at timestamptz)
    """,
    """
    CREATE TABLE authorization_code (
        digest text PRIMARY KEY, family_id uuid NOT NULL, client_id text NOT NULL, account_id uuid NOT NULL, sign_in_id uuid NOT NULL,
        redirect_uri text NOT NULL, code_challenge text NOT NULL, scope text NOT NULL, nonce text, expires_at timestamptz NOT NULL,
        used_at timestamptz)
    """,
    """
    CREATE TABLE token_family (
        id uuid PRIMARY KEY, client_id text NOT NULL, account_id uuid NOT NULL, sign_in_id uuid NOT NULL, scope text NOT NULL,
        began_at timestamptz NOT NULL, revoked_at timestamptz)
    """,
    "CREATE INDEX token_family_of_sign_in ON token_family (sign_in_id)",
    "CREATE TABLE refresh_token (digest text PRIMARY KEY, family_id uuid NOT NULL, expires_at timestamptz NOT NULL, used_at timestamptz)",
    "CREATE INDEX refresh_token_of_family ON refresh_token (family_id)",
    "CREATE INDEX refresh_token_expires ON refresh_token (expires_at)",
)
EVENTS = (
    """
    CREATE TABLE security_event (
        id uuid PRIMARY KEY, at timestamptz NOT NULL, kind text NOT NULL, account_id uuid, actor text NOT NULL, address text NOT NULL,
        detail jsonb NOT NULL)
    """,
    "CREATE INDEX security_event_of_account ON security_event (account_id, id)",
    "CREATE INDEX security_event_of_kind ON security_event (kind, id)",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what happened is append-only: no % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON security_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)
TABLES = (
    *("security_event", "refresh_token", "token_family", "authorization_code", "signing_key", "client", "pending_sign_in", "sign_in"),
    *("passkey_challenge", "passkey", "recovery_code", "totp", "attempt", "one_time_link", "role_grant", "account"),
)


def upgrade() -> None:
    for statement in (*CHASSIS, *ACCOUNTS, *FACTORS, *SIGN_INS, *TOKENS, *EVENTS):
        op.execute(statement)


def downgrade() -> None:
    refuse_while_rows("security_event")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change")
    op.execute("DROP TABLE outbox, lease, inbox, idempotency")
