CREATE TABLE bookmarks (id INTEGER PRIMARY KEY AUTOINCREMENT, special_id INTEGER DEFAULT 0, parent INTEGER, type INTEGER, subtype INTEGER DEFAULT 0,
  url TEXT, title TEXT COLLATE NOCASE, deleted INTEGER DEFAULT 0, last_modified REAL, date_closed REAL, external_uuid TEXT UNIQUE,
  extra_attributes BLOB, local_attributes BLOB);
INSERT INTO bookmarks (id, parent, type, subtype, url, title, deleted, last_modified, date_closed, external_uuid, extra_attributes, local_attributes) VALUES
  (1, 0, 1, 4, NULL, 'Tabs', 0, NULL, NULL, 'E0000000-0000-4000-8000-000000000001', NULL, NULL),
  (2, 1, 0, 0, 'https://lure.example.net/a', 'Page', 0, 702901325.5, NULL, 'E0000000-0000-4000-8000-000000000002',
    plist('<dict><key>DateLastViewed</key><date>2023-04-11T10:22:05Z</date><key>OpenedFromLink</key><true/></dict>'),
    plist('<dict><key>LastVisitTime</key><real>702901324.5</real><key>IsPrivateBrowsing</key><true/></dict>')),
  (3, 1, 0, 0, 'https://www.example.org/', 'Closed', 1, 702901325.5, 702901400, NULL, x'00112233', NULL),
  (4, 1, 0, 0, 'https://www.example.com/', 'Since iOS 26', 0, 1760000000.5, 1760000001, 'E0000000-0000-4000-8000-000000000004',
    plist('<dict><key>DateLastViewed</key><real>1760000002.5</real></dict>'),
    plist('<dict><key>LastVisitTime</key><real>1760000003.5</real></dict>'));
