CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, domain_expansion TEXT NULL, visit_count INTEGER NOT NULL);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT, history_item INTEGER NOT NULL, visit_time REAL NOT NULL, title TEXT NULL,
  load_successful BOOLEAN NOT NULL DEFAULT 1, http_non_get BOOLEAN NOT NULL DEFAULT 0, synthesized BOOLEAN NOT NULL DEFAULT 0,
  redirect_source INTEGER NULL UNIQUE, redirect_destination INTEGER NULL UNIQUE, origin INTEGER NOT NULL DEFAULT 0);
INSERT INTO history_items VALUES (1, 'https://page1.example.org/path/1', NULL, 2),
  (2, 'https://page2.example.org/path/2', NULL, 2),
  (3, 'https://page3.example.org/path/3', NULL, 2),
  (4, 'https://page4.example.org/path/4', NULL, 2),
  (5, 'https://page5.example.org/path/5', NULL, 2),
  (6, 'https://page6.example.org/path/6', NULL, 2);
INSERT INTO history_visits (id, history_item, visit_time, title) VALUES (1, 1, 603002185.25, 'Title of visit 1'),
  (2, 2, 603002245.25, 'Title of visit 2'),
  (3, 3, 603002305.25, 'Title of visit 3'),
  (4, 4, 603002365.25, 'Title of visit 4'),
  (5, 5, 603002425.25, 'Title of visit 5'),
  (6, 6, 603002485.25, 'Title of visit 6'),
  (7, 1, 603002545.25, 'Title of visit 7'),
  (8, 2, 603002605.25, 'Title of visit 8'),
  (9, 3, 603002665.25, 'Title of visit 9'),
  (10, 4, 603002725.25, 'Title of visit 10'),
  (11, 5, 603002785.25, 'Title of visit 11'),
  (12, 6, 603002845.25, 'Title of visit 12');
DROP TABLE history_visits; DROP TABLE history_items;
