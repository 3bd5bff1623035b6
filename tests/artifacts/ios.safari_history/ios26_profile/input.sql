CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, visit_count INTEGER NOT NULL);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL, visit_time REAL NOT NULL, title TEXT NULL);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY, start_time REAL, end_time REAL, url TEXT);
INSERT INTO history_items VALUES (1, 'https://example.org/', 1);
INSERT INTO history_visits VALUES (1, 1, 1767225600.5, 'counted from 1970'), (2, 1, 788918400, 'counted from 2001');
INSERT INTO history_tombstones VALUES (1, 1767225600, 1767225601, 'https://example.net/');
