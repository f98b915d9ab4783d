"""Imports: frames that keep a contract into tables, one transaction for each.

``run``         the frame of an import: lock, transaction, record, rejects
``common``      what a load reports: counts and remarks
``georeference``  datum told and settled, geometry brought to WGS 84 and repaired
``files``       a user's file to a frame to its load
``streets`` ``neighbourhoods`` ``communities`` ``firms`` ``contracts`` ``complaints`` ``roads``
                ``load(session, frame, …)`` of each subject

A load takes a frame in WGS 84 and does not commit, so that several can share a transaction.
"""
