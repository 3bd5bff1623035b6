CREATE TABLE current_apps_crossfire (pid INTEGER PRIMARY KEY, bundle_id TEXT, item_id INTEGER, item_name TEXT, timestamp DATETIME);
INSERT INTO current_apps_crossfire VALUES (1, 'org.example.chat', 55, 'Chat', 592837113);
