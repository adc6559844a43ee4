"""What a database is made of, read from PostgreSQL's own catalog: more than Alembic compares."""

from typing import Final

import asyncpg

OBJECTS: Final = """
    WITH c AS MATERIALIZED (
        SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
    ), p AS MATERIALIZED (
        SELECT * FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
    )
    SELECT 'table ' || c.relname, c.relkind::text || c.relpersistence::text FROM c WHERE c.relkind IN ('r', 'p', 'v', 'm')
    UNION ALL SELECT 'view ' || c.relname, concat_ws(' ', pg_get_viewdef(c.oid), c.reloptions::text) FROM c WHERE c.relkind IN ('v', 'm')
    UNION ALL SELECT 'column ' || c.relname || '.' || a.attname,
        concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
            CASE a.attidentity WHEN 'a' THEN 'ALWAYS AS IDENTITY' WHEN 'd' THEN 'BY DEFAULT AS IDENTITY' END,
            CASE WHEN a.attgenerated <> '' THEN 'GENERATED AS ' || pg_get_expr(d.adbin, d.adrelid) END,
            CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END)
        FROM c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p')
    UNION ALL SELECT 'default ' || c.relname || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid)
        FROM c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attgenerated = ''
        JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    UNION ALL SELECT 'constraint ' || c.relname || '.' || n.conname, pg_get_constraintdef(n.oid)
        FROM c JOIN pg_constraint n ON n.conrelid = c.oid WHERE n.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL SELECT 'index ' || i.relname || ' on ' || c.relname,
        pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
        FROM c JOIN pg_index x ON x.indrelid = c.oid JOIN c i ON i.oid = x.indexrelid
        WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.oid AND contype IN ('p', 'u', 'x'))
    UNION ALL SELECT 'trigger ' || g.tgname || ' on ' || c.relname, pg_get_triggerdef(g.oid) || ' ' || g.tgenabled::text
        FROM c JOIN pg_trigger g ON g.tgrelid = c.oid WHERE NOT g.tgisinternal
    UNION ALL SELECT 'sequence ' || c.relname, s.seqtypid::regtype || ' ' || s.seqstart || ' ' || s.seqincrement
        FROM c JOIN pg_sequence s ON s.seqrelid = c.oid
        WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'i')
    UNION ALL SELECT 'function ' || p.proname, pg_get_functiondef(p.oid) FROM p
    UNION ALL SELECT 'policy ' || r.polname || ' on ' || c.relname, r.polcmd::text FROM c JOIN pg_policy r ON r.polrelid = c.oid
    UNION ALL SELECT 'extension ' || extname, '' FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT 'owner of ' || c.relname, pg_get_userbyid(c.relowner)
        FROM c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relowner <> current_user::regrole
    UNION ALL SELECT 'grant of ' || g.privilege_type || ' on ' || c.relname || ' to ' || g.grantee::regrole, ''
        FROM c, aclexplode(c.relacl) g WHERE g.grantee <> c.relowner
    UNION ALL SELECT 'grant of ' || g.privilege_type || ' on ' || c.relname || '.' || a.attname || ' to ' || g.grantee::regrole, ''
        FROM c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
    UNION ALL SELECT 'grant of ' || g.privilege_type || ' on ' || p.proname || ' to ' || g.grantee::regrole, ''
        FROM p, aclexplode(p.proacl) g WHERE g.grantee <> p.proowner
    UNION ALL SELECT 'grant of ' || g.privilege_type || ' on schema ' || s.nspname || ' to ' || g.grantee::regrole, ''
        FROM pg_namespace s, aclexplode(s.nspacl) g WHERE s.nspname !~ '^(pg_|information_schema)'
    UNION ALL SELECT 'default grant of ' || g.privilege_type || ' on ' || d.defaclobjtype::text || ' to ' || g.grantee::regrole, ''
        FROM pg_default_acl d, aclexplode(d.defaclacl) g
"""


async def inventory(connection: asyncpg.Connection) -> dict[str, str]:
    """Return every object by its kind and name, with its definition; what only its owner may use has no grant."""
    return dict(await connection.fetch(OBJECTS))


def different(one: dict[str, str], other: dict[str, str]) -> set[str]:
    """Return what only one of two schemas has, or has otherwise than the other."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
