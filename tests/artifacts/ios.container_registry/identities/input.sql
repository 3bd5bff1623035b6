CREATE TABLE code_signing_info (id INTEGER PRIMARY KEY, code_signing_id_text TEXT UNIQUE, data_container_class INTEGER);
INSERT INTO code_signing_info VALUES (1, 'org.example.app', 2), (2, 'com.example.gone', 2), (3, NULL, 2);
