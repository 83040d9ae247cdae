-- The step of a trace (W3C `traceparent`) in which a message was made, so that its delivery, perhaps days later, can be
-- told as part of the same. Messages that no request made have none.
ALTER TABLE outbox ADD COLUMN trace_parent TEXT;
