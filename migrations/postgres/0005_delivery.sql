-- What operators ask of the queue: the class of the last attempt, and where a message came from: a change, or an
-- operator who had it sent again (replay) or made anew (reemit).
ALTER TABLE outbox ADD COLUMN last_class TEXT COLLATE "C";
ALTER TABLE outbox ADD COLUMN origin TEXT COLLATE "C" NOT NULL DEFAULT 'change';
CREATE INDEX outbox_by_class ON outbox (last_class, id);
CREATE INDEX outbox_by_kanaal ON outbox (kanaal, id);
CREATE INDEX outbox_by_object ON outbox (object_uuid, id);
CREATE INDEX outbox_by_created ON outbox (created_at, id);
CREATE INDEX outbox_finished ON outbox (finished_at, id) WHERE state IN ('delivered', 'cancelled');
CREATE INDEX outbox_attempt_by_start ON outbox_attempt (started_at, id);

-- The breaker of the Notificaties API and the operators' pause: one row, shared by every worker, so that it survives
-- restarts.
CREATE TABLE delivery_endpoint (
    id BIGINT NOT NULL PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    opened_at TIMESTAMPTZ,
    next_probe_at TIMESTAMPTZ,
    last_class TEXT COLLATE "C",
    last_answer TEXT,
    last_failure_at TIMESTAMPTZ,
    last_success_at TIMESTAMPTZ,
    paused_at TIMESTAMPTZ,
    paused_by TEXT COLLATE "C",
    CONSTRAINT delivery_endpoint_one CHECK (id = 1),
    CONSTRAINT delivery_endpoint_state CHECK (state IN ('closed', 'open'))
);
INSERT INTO delivery_endpoint (id, state, failures) VALUES (1, 'closed', 0);

-- One run of a scheduled job per tick, over all workers: the first to insert it does the work.
CREATE TABLE job_run (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job TEXT COLLATE "C" NOT NULL,
    tick TIMESTAMPTZ NOT NULL,
    worker TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    outcome TEXT COLLATE "C",
    detail TEXT COLLATE "C" NOT NULL,
    CONSTRAINT job_run_tick UNIQUE (job, tick)
);
CREATE INDEX job_run_by_job ON job_run (job, id);

-- Workers that are alive, by their last sign of it.
CREATE TABLE worker_heartbeat (
    worker TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    host TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);

-- What operators did by command: who, what, to how much. No personal data.
CREATE TABLE operator_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    operator TEXT COLLATE "C" NOT NULL,
    command TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL
);
CREATE INDEX operator_log_by_time ON operator_log (at, id);
