-- How many messages are in each state, so that nobody counts the queue to know its depth. By trigger, so that no
-- statement can forget it: one row for each state, as there is one writer.
CREATE TABLE outbox_depth (
    id INTEGER NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    count INTEGER NOT NULL
);

INSERT INTO outbox_depth (state, count)
SELECT name, (SELECT count(*) FROM outbox WHERE state = name) FROM (
    SELECT 'pending' AS name UNION ALL SELECT 'delivering' UNION ALL SELECT 'delivered' UNION ALL SELECT 'parked'
    UNION ALL SELECT 'cancelled'
);

CREATE TRIGGER outbox_insert_counts AFTER INSERT ON outbox
BEGIN
    UPDATE outbox_depth SET count = count + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER outbox_update_counts AFTER UPDATE OF state ON outbox WHEN OLD.state <> NEW.state
BEGIN
    UPDATE outbox_depth SET count = count - 1 WHERE state = OLD.state;
    UPDATE outbox_depth SET count = count + 1 WHERE state = NEW.state;
END;
CREATE TRIGGER outbox_delete_counts AFTER DELETE ON outbox
BEGIN
    UPDATE outbox_depth SET count = count - 1 WHERE state = OLD.state;
END;
