"""Runs the migrations on the connection that `portal.db.upgrade_schema` names."""

from __future__ import annotations

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portal.models import Base

_OURS = frozenset(Base.metadata.tables)


def _include(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    if kind == "table" and name not in _OURS:
        return False
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, compare_to))


engine = create_engine(context.config.attributes["owner_url"], poolclass=NullPool)
with engine.connect() as connection:
    # Two starts at once must not both migrate.
    connection.execute(text("SELECT pg_advisory_lock(7402011)"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=_include,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        user_module_prefix="sa.",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(7402011)"))
    connection.commit()
engine.dispose()
