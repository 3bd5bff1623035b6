CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
INSERT INTO Files SELECT printf('aa%038d', i), 'HomeDomain', 'Library/Caches/file ' || i, 1,
  backup_file('Library/Caches/file ' || i, 100 + i, 33188, 501, 1600000000, 1681208525, 1681208526) FROM n;
DELETE FROM Files WHERE relativePath IN ('Library/Caches/file 2', 'Library/Caches/file 4', 'Library/Caches/file 5');
