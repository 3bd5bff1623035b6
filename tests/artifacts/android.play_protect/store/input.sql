CREATE TABLE appstate (package_name TEXT PRIMARY KEY, auto_update INTEGER, first_download_ms INTEGER, account TEXT, title TEXT, install_reason TEXT);
INSERT INTO appstate VALUES ('com.example.notes', 1, 1714550400123, 'person@example.org', 'Notes', 'single_install');
