-- How many messages are in each state, so that nobody counts the queue to know its depth: the sum of `count` over the
-- rows of a state. Every statement that changes the outbox adds what it changed, in its own transaction; nothing is
-- updated, so writers never wait for each other here. Workers fold the rows into few now and then.
CREATE TABLE outbox_depth (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL
);

CREATE FUNCTION outbox_enters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_depth (state, count) SELECT state, count(*) FROM new_rows GROUP BY state;
    RETURN NULL;
END
$$;

CREATE FUNCTION outbox_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_depth (state, count)
    SELECT state, sum(one) FROM (
        SELECT state, 1 AS one FROM new_rows UNION ALL SELECT state, -1 FROM old_rows
    ) AS moved GROUP BY state HAVING sum(one) <> 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION outbox_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_depth (state, count) SELECT state, -count(*) FROM old_rows GROUP BY state;
    RETURN NULL;
END
$$;

CREATE TRIGGER outbox_insert_counts AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outbox_enters();
CREATE TRIGGER outbox_update_counts AFTER UPDATE ON outbox
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION outbox_moves();
CREATE TRIGGER outbox_delete_counts AFTER DELETE ON outbox
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION outbox_leaves();

-- After the triggers, whose making kept writers out until this transaction ends.
INSERT INTO outbox_depth (state, count) SELECT state, count(*) FROM outbox GROUP BY state;
