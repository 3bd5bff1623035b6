CREATE TABLE ZACCOUNT (Z_PK INTEGER PRIMARY KEY, ZUSERNAME VARCHAR);
CREATE TABLE ZACCOUNTPROPERTY (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZKEY VARCHAR, ZVALUE BLOB);
INSERT INTO ZACCOUNT VALUES (1, 'ada@example.org');
INSERT INTO ZACCOUNTPROPERTY VALUES (1, 1, 'Hostname', archive('<string>mail.example.net</string>')),
  (2, 1, 'Folders', archive('<dict><key>inbox</key><integer>3</integer></dict>')), (3, 9, 'UseSSL', archive('<true/>')), (4, 1, 'Odd', x'00'), (5, 1, 'None', NULL);
