-- A fire that nobody has ended must not swallow the next one: of one panel several may be open (ADR 0556). Which one a report belongs to is decided under a lock.
drop index iot.fire_open;
create index fire_open on iot.fire (company_id, device_id) where ended_at is null;
