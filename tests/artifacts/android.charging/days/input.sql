CREATE TABLE charging_places(_id INTEGER PRIMARY KEY, place_name TEXT, place_api_id TEXT);
CREATE TABLE battery_event(timestamp_millis INTEGER PRIMARY KEY DESC, battery_level INTEGER, charge_type INTEGER, battery_saver INTEGER, timezone TEXT, place_key INTEGER);
INSERT INTO charging_places VALUES (1, 'Home', 'x');
INSERT INTO battery_event VALUES (1714550400123, 99, 1, 2, 'America/New_York', 1);
INSERT INTO battery_event VALUES (1714650400123, 12, 0, 1, 'Europe/Berlin', NULL);
