-- Adopt the newest release: one statement, for apps that keep a connection open. Put the folder of the releases in.
-- An attached file stays on its version until this; after it, new queries see the newest release. Queries that run
-- meanwhile keep the version that they began with.
ATTACH OR REPLACE 'data/massachusetts/releases/current' AS iop (READ_ONLY);
