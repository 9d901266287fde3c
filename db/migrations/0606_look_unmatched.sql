-- Two cameras send what they kept in any order: the exit may come before its entry, and is looked for when the entry comes (SEC-04).
create index look_unmatched on parking.look (company_id, lot_id, plate, device_at) where replay and by_camera and direction = 'out' and why = 'no_entry';
