CREATE TABLE app_install (pid INTEGER, bundle_id TEXT, PRIMARY KEY(pid));
INSERT INTO app_install VALUES (1, 'org.example.chat');
