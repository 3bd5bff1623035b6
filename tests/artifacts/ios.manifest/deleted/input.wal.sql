INSERT INTO Files VALUES ('aa00000000000000000000000000000000000010', 'RootDomain', 'Library/was once here', 1, backup_file('Library/was once here', 7, 33188, 0, 1600000000, 1681208525, 1681208526));
-- No deleted row is the last that was written on its page: what is left of that one depends on the version of SQLite.
INSERT INTO Files VALUES ('aa00000000000000000000000000000000000011', 'RootDomain', 'Library', 2, archive('<dict><key>$class</key><string>MBFile</string></dict>'));
DELETE FROM Files WHERE fileID = 'aa00000000000000000000000000000000000010';
INSERT OR REPLACE INTO Files VALUES ('aa00000000000000000000000000000000000009', 'HomeDomain', 'Library/Caches/file 9', 1, backup_file('Library/Caches/file 9', 999, 33188, 501, 1600000000, 1681300000, 1681300000));
