-- Who read what, when an installation keeps that (`OPENKLANT_READ_LOG`): the client and the user its token named, the
-- object or the names of the filters. What was searched for is there as a keyed hash only.
CREATE TABLE read_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    user_representation TEXT COLLATE "C" NOT NULL,
    user_hash TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    route TEXT COLLATE "C" NOT NULL,
    object_uuid UUID,
    filters TEXT NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL
);
CREATE INDEX read_log_by_time ON read_log (at, id);
CREATE INDEX read_log_by_object ON read_log (object_uuid, at, id) WHERE object_uuid IS NOT NULL;
