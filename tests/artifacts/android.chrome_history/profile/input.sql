CREATE TABLE urls (id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER, typed_count INTEGER, last_visit_time INTEGER, hidden INTEGER);
CREATE TABLE visits (id INTEGER PRIMARY KEY AUTOINCREMENT, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER, transition INTEGER, segment_id INTEGER, visit_duration INTEGER);
CREATE TABLE downloads (id INTEGER PRIMARY KEY, guid VARCHAR, current_path LONGVARCHAR, target_path LONGVARCHAR, start_time INTEGER, received_bytes INTEGER, total_bytes INTEGER, state INTEGER, danger_type INTEGER, interrupt_reason INTEGER, hash BLOB, end_time INTEGER, opened INTEGER, last_access_time INTEGER, transient INTEGER, referrer VARCHAR, site_url VARCHAR, tab_url VARCHAR, tab_referrer_url VARCHAR, mime_type VARCHAR(255), original_mime_type VARCHAR(255));
CREATE TABLE downloads_url_chains (id INTEGER NOT NULL, chain_index INTEGER NOT NULL, url LONGVARCHAR NOT NULL, PRIMARY KEY (id, chain_index));
INSERT INTO urls VALUES (1, 'https://a.example.net/', 'A', 2, 1, 13325682125000000, 0), (2, 'https://no-visit.example.net/', 'B', 1, 0, 13325682126000000, 0);
INSERT INTO visits VALUES (1, 1, 13325682125000000, 0, 805306368, 0, 12000000), (2, 9, 0, 1, -1, 0, NULL);
INSERT INTO downloads VALUES (1, 'g', '/storage/emulated/0/Download/Update.apk', '/storage/emulated/0/Download/Update.apk', 13325682127000000, 1000, 1000, 1, 6, 0, x'', 13325682128000000, 1, 0, 0, 'https://ref.example.net/', '', 'https://tab.example.net/', '', 'application/vnd.android.package-archive', '');
INSERT INTO downloads_url_chains VALUES (1, 0, 'https://short.example.net/x'), (1, 1, 'https://files.example.net/Update.apk');
INSERT INTO downloads (id, target_path, start_time, state) VALUES (2, '', 13325682129000000, 4);
