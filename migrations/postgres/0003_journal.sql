-- What a change leaves behind: its audit row and its message, written by the journal in the transaction of the
-- change. The texts of `oud`, `nieuw` and `message` are kept to the byte.
CREATE TABLE audittrail (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    component TEXT COLLATE "C" NOT NULL,
    object_uuid UUID NOT NULL,
    actie TEXT COLLATE "C" NOT NULL,
    resultaat BIGINT NOT NULL,
    applicatie_id TEXT COLLATE "C" NOT NULL,
    applicatie_weergave TEXT COLLATE "C" NOT NULL,
    gebruikers_id TEXT COLLATE "C" NOT NULL,
    gebruikers_weergave TEXT COLLATE "C" NOT NULL,
    hoofd_object TEXT COLLATE "C" NOT NULL,
    resource TEXT COLLATE "C" NOT NULL,
    resource_url TEXT COLLATE "C" NOT NULL,
    resource_weergave TEXT COLLATE "C" NOT NULL,
    toelichting TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    aanmaakdatum TIMESTAMPTZ NOT NULL,
    oud TEXT,
    nieuw TEXT,
    CONSTRAINT audittrail_uuid UNIQUE (uuid)
);
CREATE INDEX audittrail_by_object ON audittrail (component, object_uuid, id);

-- The queue of the worker. `id` is the order in which the changes of one object were made: the writer holds the
-- object's row while it takes the number.
CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    kanaal TEXT COLLATE "C" NOT NULL,
    object_uuid UUID NOT NULL,
    message TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ,
    leased_by TEXT COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    CONSTRAINT outbox_uuid UNIQUE (uuid),
    CONSTRAINT outbox_state CHECK (state IN ('pending', 'delivering', 'delivered', 'parked', 'cancelled'))
);
CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE state = 'pending';
CREATE INDEX outbox_leased ON outbox (lease_until, id) WHERE state = 'delivering';
CREATE INDEX outbox_unfinished ON outbox (object_uuid, id) WHERE state IN ('pending', 'delivering');
CREATE INDEX outbox_by_state ON outbox (state, id);

-- One row per attempt to deliver: what came of it, and the beginning of what was answered.
CREATE TABLE outbox_attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outbox_id BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    nr BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    duration_ms BIGINT NOT NULL,
    status BIGINT,
    class TEXT COLLATE "C" NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX outbox_attempt_by_message ON outbox_attempt (outbox_id, id);
