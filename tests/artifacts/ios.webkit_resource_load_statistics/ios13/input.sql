CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT, lastSeen REAL, hadUserInteraction INTEGER);
INSERT INTO ObservedDomains VALUES (1, 'example.com', 1581208525, 1);
