CREATE TABLE cloud_tabs (tab_uuid TEXT NOT NULL PRIMARY KEY, system_fields BLOB NOT NULL, device_uuid TEXT NOT NULL, position BLOB NOT NULL,
  title TEXT, url TEXT NOT NULL);
CREATE TABLE cloud_tab_devices (device_uuid TEXT NOT NULL PRIMARY KEY, system_fields BLOB NOT NULL, device_name TEXT, last_modified REAL);
INSERT INTO cloud_tabs VALUES ('T1', x'00', 'D1', x'00', 'Example', 'https://www.example.org/'), ('T2', x'00', 'D9', x'00', NULL, 'https://lure.example.net/');
INSERT INTO cloud_tab_devices VALUES ('D1', x'00', 'iPad of Ada', 702901325);
-- Newer versions of Safari count from 1970.
INSERT INTO cloud_tab_devices VALUES ('D2', x'00', 'iPhone of Ada', 1758294400.5);
INSERT INTO cloud_tabs VALUES ('T3', x'00', 'D2', x'00', 'Later', 'https://later.example.org/');
