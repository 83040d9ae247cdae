-- What came of attempts per hour, kept by who records them, so that nobody counts attempts to draw a day. `class` is that
-- of the attempts, or 'cancelled' for messages that an operator cancelled. `bucket` says how long after its making a
-- message was accepted, 0 for what was not. Rows of one hour differ in `shard`, so that deliveries at the same moment
-- seldom wait for each other's row.
CREATE TABLE delivery_hour (
    hour TEXT NOT NULL,
    class TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    shard INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (hour, class, bucket, shard)
);

-- What an operator did to one message, and how far something is that takes more than one transaction: how many are meant,
-- how many are done, when it last moved, and how it ended.
ALTER TABLE operator_log ADD COLUMN outbox_id INTEGER;
ALTER TABLE operator_log ADD COLUMN matched INTEGER;
ALTER TABLE operator_log ADD COLUMN done INTEGER;
ALTER TABLE operator_log ADD COLUMN moved_at TEXT;
ALTER TABLE operator_log ADD COLUMN outcome TEXT;
CREATE INDEX operator_log_by_message ON operator_log (outbox_id, id) WHERE outbox_id IS NOT NULL;
CREATE INDEX operator_log_under_way ON operator_log (id) WHERE matched IS NOT NULL AND outcome IS NULL;

-- Why delivery is paused, for who finds it so.
ALTER TABLE delivery_endpoint ADD COLUMN paused_why TEXT;

-- Jobs that somebody wants run now; a worker that sees one takes it.
CREATE TABLE job_request (
    job TEXT NOT NULL PRIMARY KEY,
    asked_at TEXT NOT NULL,
    operator TEXT NOT NULL
);
