CREATE TABLE recents (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, display_name TEXT, bundle_identifier TEXT, sending_address TEXT, original_source TEXT, dates TEXT, last_date INTEGER, weight REAL, record_hash TEXT, count INTEGER);
CREATE TABLE contacts (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, recent_id INTEGER, display_name TEXT, kind TEXT, address TEXT);
INSERT INTO recents VALUES (1, NULL, 'com.apple.mobilemail', 'me@example.org', 'com.apple.mobilemail', '', 1681208525000, 1, 'a', 1), (2, NULL, 'com.apple.MobileSMS', NULL, 'com.apple.MobileSMS', '', 1681208526000, 1, 'b', 2);
INSERT INTO contacts VALUES (1, 1, 'Somebody', 'email', 'a@example.net'), (2, 2, NULL, 'phone', '+37410000000'), (3, 9, NULL, 'email', 'b@example.net'), (4, 2, NULL, 'email', NULL);
