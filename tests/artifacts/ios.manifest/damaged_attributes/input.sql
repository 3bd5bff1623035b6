CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
INSERT INTO Files VALUES ('no', 'RootDomain', 'Library/Preferences/com.apple.ImageIO.plist', 1, x'62706c6973743030ff'), (NULL, NULL, NULL, NULL, NULL),
 (x'ff00', 'HomeDomain', x'2e2e2f2e2e2f657463ff', 'one', plist('<array><integer>1</integer></array>'));
