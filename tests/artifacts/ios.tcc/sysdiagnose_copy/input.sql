CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, auth_value INTEGER, auth_reason INTEGER, last_modified INTEGER);
INSERT INTO access VALUES ('kTCCServiceMicrophone', 'org.example.app', 0, 2, 2, 1690000000);
