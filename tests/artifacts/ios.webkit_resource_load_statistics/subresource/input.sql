CREATE TABLE ObservedDomains (domainID INTEGER PRIMARY KEY, registrableDomain TEXT NOT NULL, lastSeen REAL NOT NULL, hadUserInteraction INTEGER NOT NULL, mostRecentUserInteractionTime REAL NOT NULL);
CREATE TABLE SubresourceUnderTopFrameDomains (subresourceDomainID INTEGER NOT NULL, lastUpdated REAL NOT NULL, topFrameDomainID INTEGER NOT NULL);
CREATE TABLE TopFrameUniqueRedirectsTo (sourceDomainID INTEGER NOT NULL, toDomainID INTEGER NOT NULL);
INSERT INTO ObservedDomains VALUES (1, 'used.example', 1690000000, 1, 1690000000), (2, 'part.example', 1690000000, 0, -1), (3, 'page.example', 1690000000, 0, -1), (4, 'target.example', 1690000000, 0, -1);
INSERT INTO SubresourceUnderTopFrameDomains VALUES (2, 1690000000, 1), (2, 1690000000, 3);
INSERT INTO TopFrameUniqueRedirectsTo VALUES (1, 4);
