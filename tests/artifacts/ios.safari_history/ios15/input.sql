CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, domain_expansion TEXT NULL, visit_count INTEGER NOT NULL);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL, visit_time REAL NOT NULL, title TEXT NULL,
  load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0, synthesized BOOLEAN NOT NULL DEFAULT 0,
  redirect_source INTEGER NULL UNIQUE, redirect_destination INTEGER NULL UNIQUE, origin INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY AUTOINCREMENT, start_time REAL NOT NULL, end_time REAL NOT NULL, url TEXT, generation INTEGER NOT NULL DEFAULT 0);
INSERT INTO history_items VALUES (1, 'http://news.example.org/', 'news', 2), (2, 'https://a1b2.example.net/x?y=1', NULL, 1), (3, 'https://gone.example.com/', NULL, 4);
INSERT INTO history_visits VALUES (10, 1, 603002125.25, 'News', 1, 0, 0, NULL, 11, 0), (11, 2, 603002125.5, NULL, 0, 1, 0, 10, NULL, 0),
  (12, 1, 603102125.0, x'ff4e657773', 1, 0, 1, NULL, NULL, 1), (13, 77, 603202125.0, 'page row is gone', 1, 0, 0, NULL, NULL, 0),
  (14, 1, 0, 'no time', 1, 0, 0, NULL, NULL, 0), (15, 1, 1e18, 'nanoseconds', 1, 0, 0, NULL, NULL, 0);
INSERT INTO history_tombstones VALUES (1, 0, 603402125.5, NULL, 1), (2, 603002000, 603002200, 'https://deleted.example.com/', 2);
