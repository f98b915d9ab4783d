"""Imports: a user's file, whatever its subject, to a frame that keeps its contract, to the load of its noun.

``registry``        what can be imported: one entry a subject, from which commands, pages and tests follow
``files``           a file to a frame to its load, in one transaction
``georeference``    the datum told and settled, geometry brought to WGS 84 and repaired
``words`` ``reject_file``   how what a load reports is said, and written row by row
``sample``          the fictional city, by the same loads

The way of a file, straight down: ``portal import`` → `files.import_file` → `portal.readers.table.read_table`
→ `georeference.locate` → inside `import_run.import_alone` the load of its entry, `import_run.record`
and the reject file.

A load, ``load(session, frame, …)`` in its noun's folder (`portal.actions.complaints.complaint_import` and its
like), takes a frame in WGS 84 and does not commit, so that several can share a transaction.
"""
