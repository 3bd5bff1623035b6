CREATE TABLE hard_failures (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL, data BLOB);
INSERT INTO hard_failures (timestamp, data) VALUES (1681208528, plist('<dict><key>hostname</key><string>b.example.net</string><key>requestURL</key><string>https://c.example.net/d</string><key>hostKind</key><string>not a host.</string><key>errorDomain</key><string>com.example.error</string></dict>'));
