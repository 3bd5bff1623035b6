CREATE TABLE app_install (pid INTEGER, account_id INTEGER, apple_id TEXT, automatic_type INTEGER NOT NULL DEFAULT 0, bundle_id TEXT, bundle_name TEXT,
  bundle_url URL, bundle_version TEXT, client_id TEXT, item_id INTEGER, last_start_date DATETIME, phase INTEGER NOT NULL DEFAULT 10,
  redownload INTEGER NOT NULL DEFAULT 0, remote_install INTEGER NOT NULL DEFAULT 0, source_type INTEGER NOT NULL DEFAULT 0, timestamp DATETIME,
  transaction_id TEXT, update_type INTEGER NOT NULL DEFAULT 0, vendor_name TEXT, PRIMARY KEY(pid));
CREATE TABLE app_package (pid INTEGER, bytes_total INTEGER, disk_usage INTEGER, package_type INTEGER, package_url URL, parent_id UUID, timestamp DATETIME, PRIMARY KEY(pid));
CREATE TABLE app_updates (pid INTEGER, bundle_id TEXT, current_version_release_date DATETIME, install_date DATETIME, store_item_id INTEGER NOT NULL DEFAULT 0,
  timestamp DATETIME, update_state INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (pid));
CREATE TABLE mapi_app_update (pid INTEGER, bundle_id TEXT NOT NULL, install_date DATETIME, item_id INTEGER NOT NULL DEFAULT 0, timestamp DATETIME,
  update_state INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (pid));
CREATE TABLE beta_app_info (pid INTEGER PRIMARY KEY, bundle_id TEXT, bundle_version TEXT, bundle_short_version TEXT, email TEXT, expiration_date DATETIME, last_seen_date DATETIME);
INSERT INTO app_install VALUES (-7, 1001, 'person@example.org', 1, 'org.example.chat', 'Chat',
  'file:///private/var/containers/Bundle/Application/F0DAB6FB-272C-48A2-812C-0BFA31FB6818/Chat.app/', '703', 'com.apple.AppStore', 55, 694735297.602278, 10,
  1, 1, 2, 692837113, 'T-1', 1, 'Example Ltd');
INSERT INTO app_install (pid, bundle_id, client_id) VALUES (5, 'org.example.tool', 'com.example.manager');
INSERT INTO app_package VALUES (-9, 100, 200, 0, 'https://apps.example.net/chat.ipa', -7, 692837120), (3, NULL, NULL, 1, NULL, 99, NULL);
INSERT INTO app_updates VALUES (-2, 'org.example.chat', 692000000, 693782548.712518, 55, 692837096, 1), (4, 'org.example.late', NULL, NULL, 56, 692837097, 4);
INSERT INTO mapi_app_update VALUES (1, 'org.example.newer', 703782548, 57, 702837096, 1);
INSERT INTO beta_app_info VALUES (1, 'org.example.trial', '12', '1.2', 'tester@example.org', 722837096, 702837096.5);
