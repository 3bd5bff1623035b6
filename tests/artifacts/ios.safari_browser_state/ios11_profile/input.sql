CREATE TABLE tabs (id INTEGER PRIMARY KEY, uuid TEXT, title TEXT, url TEXT, last_viewed_time REAL, session_data BLOB);
INSERT INTO tabs VALUES (1, 'T-1', 'Old', 'https://d.example.net/', 1767225600, plist('<dict><key>SessionHistory</key><dict><key>SessionHistoryEntries</key><array><dict><key>SessionHistoryEntryURL</key><string>https://e.example.net/</string></dict></array></dict></dict>'));
