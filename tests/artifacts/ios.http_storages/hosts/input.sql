CREATE TABLE alt_services (id INTEGER PRIMARY KEY, host TEXT, port INTEGER, expires REAL);
CREATE TABLE hsts_hosts (id INTEGER PRIMARY KEY, domain TEXT, created REAL);
CREATE TABLE other (id INTEGER PRIMARY KEY, value TEXT);
INSERT INTO alt_services VALUES (1, 'gateway.example.org', 443, 702901325.0), (2, '', 443, 0.0), (3, NULL, 443, 0.0);
INSERT INTO hsts_hosts VALUES (7, 'cdn.example.net', 702901325.0);
INSERT INTO other VALUES (1, 'not.a.host');
