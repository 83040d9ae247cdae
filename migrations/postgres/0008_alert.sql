-- Who is told that messages wait or are parked: per alert since when it fires, as its receiver was last told, and the
-- worker that is telling it something now. NULL: the receiver knows of nothing.
CREATE TABLE alert (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    since TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    leased_by TEXT COLLATE "C"
);
INSERT INTO alert (name) VALUES ('oldest-pending'), ('parked');
CREATE INDEX outbox_parked ON outbox (finished_at, id) WHERE state = 'parked';
