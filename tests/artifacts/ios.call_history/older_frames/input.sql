CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZANSWERED INTEGER, ZCALLTYPE INTEGER,
  ZORIGINATED INTEGER, ZDATE TIMESTAMP, ZDURATION FLOAT, ZADDRESS VARCHAR, ZISO_COUNTRY_CODE VARCHAR, ZSERVICE_PROVIDER VARCHAR, ZUNIQUE_ID VARCHAR);
INSERT INTO ZCALLRECORD VALUES (1, 2, 1, 1, 1, 1, 703003125.5, 1.25, '+14155550101', 'us', 'com.apple.Telephony', 'CALL-1'),
  (2, 2, 1, 0, 1, 0, 703004125.5, 2.25, '+14155550102', 'us', 'com.apple.Telephony', 'CALL-2'),
  (3, 2, 1, 1, 1, 0, 703005125.5, 3.25, '+14155550103', 'us', 'com.apple.Telephony', 'CALL-3'),
  (4, 2, 1, 0, 1, 1, 703006125.5, 4.25, '+14155550104', 'us', 'com.apple.Telephony', 'CALL-4'),
  (5, 2, 1, 1, 1, 0, 703007125.5, 5.25, '+14155550105', 'us', 'com.apple.Telephony', 'CALL-5'),
  (6, 2, 1, 0, 1, 0, 703008125.5, 6.25, '+14155550106', 'us', 'com.apple.Telephony', 'CALL-6'),
  (7, 2, 1, 1, 1, 1, 703009125.5, 7.25, '+14155550107', 'us', 'com.apple.Telephony', 'CALL-7'),
  (8, 2, 1, 0, 1, 0, 703010125.5, 8.25, '+14155550108', 'us', 'com.apple.Telephony', 'CALL-8');
