-- Who read what, when an installation keeps that (`OPENKLANT_READ_LOG`): the client and the user its token named, the
-- object or the names of the filters. What was searched for is there as a keyed hash only.
CREATE TABLE read_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_representation TEXT NOT NULL,
    user_hash TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    object_uuid TEXT,
    filters TEXT NOT NULL,
    request_id TEXT NOT NULL,
    key_id TEXT NOT NULL
);
CREATE INDEX read_log_by_time ON read_log (at, id);
CREATE INDEX read_log_by_object ON read_log (object_uuid, at, id) WHERE object_uuid IS NOT NULL;
