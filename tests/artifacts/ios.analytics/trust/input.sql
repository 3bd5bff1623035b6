CREATE TABLE hard_failures (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL, data BLOB);
CREATE TABLE soft_failures (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL, data BLOB);
CREATE TABLE all_events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL, data BLOB);
INSERT INTO hard_failures (timestamp, data) VALUES (1681208525.25, plist('<dict><key>eventType</key><string>MitmDetectionEvent</string><key>build</key><string>20D47</string><key>host</key><string>a.example.net</string></dict>')), (NULL, NULL), (1681208526, NULL), (1681208527, x'00');
INSERT INTO all_events (timestamp, data) VALUES (0, plist('<string>odd</string>'));
INSERT INTO soft_failures (timestamp, data) VALUES (1681208528, plist('<dict><key>attributes</key><dict><key>process</key><string>exampled</string><key>hosts</key><array><string>b.example.net</string><dict><key>caller</key><string>com.example.app</string></dict></array></dict></dict>'));
