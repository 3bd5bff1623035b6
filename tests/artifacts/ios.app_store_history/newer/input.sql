CREATE TABLE current_apps (pid INTEGER, bundle_id TEXT, bundle_version TEXT, deletion_date DATETIME, is_beta INTEGER, is_clip INTEGER, is_system_app INTEGER,
  item_id INTEGER, item_name TEXT, short_version TEXT, timestamp DATETIME, vendor_name TEXT, PRIMARY KEY (pid));
CREATE TABLE purchase_history_apps (pid INTEGER PRIMARY KEY, bundle_id TEXT, date_purchased DATETIME, developer_name TEXT, family_shared INTEGER, hidden INTEGER,
  hidden_from_springboard INTEGER, long_title TEXT, product_url URL, purchaser_dsid INTEGER, store_item_id INTEGER, title TEXT);
CREATE TABLE account_events (pid INTEGER PRIMARY KEY, account_id INTEGER, apple_id TEXT, event_type INTEGER, timestamp DATETIME);
INSERT INTO current_apps VALUES (1, 'org.example.chat', '703', NULL, 0, 0, 0, 55, 'Chat', '7.3', 692837113.25, 'Example Ltd'),
  (2, 'org.example.trial', '1', 702837096, 1, 0, 0, 0, 'Trial', '0.1', 692837114, NULL), (3, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO purchase_history_apps VALUES (1, 'org.example.chat', 600000000, 'Example Ltd', 0, 1, 0, 'Chat: talk to all', 'https://apps.apple.com/app/id55', 1001, 55, 'Chat'),
  (2, 'org.example.old', NULL, '', 1, 0, 1, NULL, NULL, 1002, 56, 'Old');
INSERT INTO account_events VALUES (1, 1001, 'person@example.org', 2, 692837000), (2, 1001, 'person@example.org', 1, 692838000), (3, 'x', NULL, NULL, 'never');
