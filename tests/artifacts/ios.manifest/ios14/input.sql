CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);
INSERT INTO Files VALUES
 ('3d0d7e5fb2ce288813306e4d4636395e047a3d28', 'HomeDomain', 'Library/SMS/sms.db', 1, backup_file('Library/SMS/sms.db', 1024, 33188, 501, 1600000000, 1681208525, 1681208526)),
 ('aa00000000000000000000000000000000000001', 'AppDomain-org.example.app', 'Library/WebKit/WebsiteData/IndexedDB/https_evil.example.net_0', 2,
  backup_file('Library/WebKit/WebsiteData/IndexedDB/https_evil.example.net_0', 0, 16877, 501, 0, -5, 4102444800)),
 ('aa00000000000000000000000000000000000011', 'AppDomain-org.example.app', 'Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0', 2,
  backup_file('Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0', 0, 16877, 501, 1, 2, 3)),
 ('aa00000000000000000000000000000000000012', 'AppDomain-org.example.app', 'Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0/https_evil.example.net_0', 2,
  backup_file('Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0/https_evil.example.net_0', 0, 16877, 501, 1, 2, 3)),
 ('aa00000000000000000000000000000000000013', 'AppDomain-org.example.app', 'Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0/https_evil.example.net_0/IndexedDB.sqlite3', 1,
  backup_file('Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0/https_evil.example.net_0/IndexedDB.sqlite3', 0, 33188, 501, 1, 2, 3)),
 ('aa00000000000000000000000000000000000014', 'AppDomain-org.example.app', 'Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0/http_notes.db', 1,
  backup_file('Library/WebKit/WebsiteData/IndexedDB/v1/https_news.example_0/http_notes.db', 0, 33188, 501, 1, 2, 3)),
 ('aa00000000000000000000000000000000000002', 'NewDomain', 'x', 1, backup_file('x', 9223372036854775807, 511, 0, 1, 2, 3)),
 ('aa00000000000000000000000000000000000003', 'HomeDomain', 'link', 4, archive('<dict><key>$class</key><string>MBFile</string><key>Target</key><string>/private/var/tmp/x</string>
   <key>Mode</key><integer>41453</integer><key>Birth</key><date>2020-01-02T03:04:05Z</date><key>GroupID</key><integer>501</integer><key>InodeNumber</key><integer>77</integer>
   <key>ProtectionClass</key><integer>4</integer><key>EncryptionKey</key><data>AAAA</data></dict>'));
