-- How often something became due that is no new message: a retry, a cancel, the end of a pause or of an outage. On a
-- SQLite file workers in other processes see by it that there may be something to send; PostgreSQL notifies them.
ALTER TABLE delivery_endpoint ADD COLUMN wakes BIGINT NOT NULL DEFAULT 0;
