CREATE TABLE calls (_id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, date INTEGER, duration INTEGER, type INTEGER, name TEXT, countryiso TEXT, geocoded_location TEXT, is_read INTEGER, subscription_component_name TEXT);
INSERT INTO calls VALUES (714, '+15550100', 1714550400123, 0, 3, 'Anna', 'US', 'Bedrock', 1, 'com.android.phone/com.android.services.telephony.TelephonyConnectionService');
INSERT INTO calls VALUES (715, '+15550100', 1714550500000, 126, 2, NULL, 'US', NULL, NULL, NULL);
INSERT INTO calls VALUES (716, '', 1714550600000, 5, 1, NULL, NULL, NULL, 0, NULL);
INSERT INTO calls VALUES (717, '+15550100', 1714550700000, 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO calls VALUES (718, '+15550100', 1714550800000, 0, 99, NULL, NULL, NULL, NULL, NULL);
