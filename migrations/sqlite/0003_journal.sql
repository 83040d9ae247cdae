-- What a change leaves behind: its audit row and its message, written by the journal in the transaction of the
-- change. The texts of `oud`, `nieuw` and `message` are kept to the byte.
CREATE TABLE audittrail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    component TEXT NOT NULL,
    object_uuid TEXT NOT NULL,
    actie TEXT NOT NULL,
    resultaat INTEGER NOT NULL,
    applicatie_id TEXT NOT NULL,
    applicatie_weergave TEXT NOT NULL,
    gebruikers_id TEXT NOT NULL,
    gebruikers_weergave TEXT NOT NULL,
    hoofd_object TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_url TEXT NOT NULL,
    resource_weergave TEXT NOT NULL,
    toelichting TEXT NOT NULL,
    request_id TEXT NOT NULL,
    aanmaakdatum TEXT NOT NULL,
    oud TEXT,
    nieuw TEXT,
    CONSTRAINT audittrail_uuid UNIQUE (uuid)
);
CREATE INDEX audittrail_by_object ON audittrail (component, object_uuid, id);

-- The queue of the worker. `id` is the order in which the changes of one object were made: the writer holds the
-- object's row while it takes the number.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    kanaal TEXT NOT NULL,
    object_uuid TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL,
    lease_until TEXT,
    leased_by TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    CONSTRAINT outbox_uuid UNIQUE (uuid),
    CONSTRAINT outbox_state CHECK (state IN ('pending', 'delivering', 'delivered', 'parked', 'cancelled'))
);
CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE state = 'pending';
CREATE INDEX outbox_leased ON outbox (lease_until, id) WHERE state = 'delivering';
CREATE INDEX outbox_unfinished ON outbox (object_uuid, id) WHERE state IN ('pending', 'delivering');
CREATE INDEX outbox_by_state ON outbox (state, id);

-- One row per attempt to deliver: what came of it, and the beginning of what was answered.
CREATE TABLE outbox_attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox_id INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    nr INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    status INTEGER,
    class TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX outbox_attempt_by_message ON outbox_attempt (outbox_id, id);
