CREATE TABLE app_info (package_name TEXT, version_code INTEGER, digest_sha256 TEXT, UNIQUE(package_name, version_code));
INSERT INTO app_info VALUES ('com.example.notes', 42, 'abababababababababababababababababababababababababababababababab');
INSERT INTO app_info VALUES ('com.example.gone', 1, NULL);
