CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, auth_value INTEGER NOT NULL,
  auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
  indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
  indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, last_modified) VALUES
  ('kTCCServiceMicrophone', 'org.example.recorder', 0, 2, 2, 1, 1681208525),
  ('kTCCServiceCamera', '/private/var/db/helper/cam', 1, 2, 4, 1, 1681208526),
  ('kTCCServiceLiverpool', 'com.example.cloud', 0, 0, 5, 1, 0),
  ('kTCCServiceCalendar', 'com.example.limited', 0, 3, 12, 1, 1681208527),
  ('kTCCServicePhotos', 'com.example.odd', 0, 9, 77, 1, -5),
  ('kTCCServiceAppleEvents', x'636f6d2e6578616d706c652e626c6f62ff00', 0, 1, 9, 1, 9223372036854775807);
INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, policy_id, indirect_object_identifier, last_modified)
  VALUES ('kTCCServiceAppleEvents', 'com.example.driver', 0, 2, 6, 1, 3, 'com.example.target', 1681208528);
CREATE TABLE expired (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, csreq BLOB, last_modified INTEGER NOT NULL, expired_at INTEGER NOT NULL, PRIMARY KEY (service, client, client_type));
INSERT INTO expired VALUES ('kTCCServiceMicrophone', 'org.example.gone', 0, NULL, 1681208525, 1691208525), ('kTCCServiceCamera', '/private/var/db/helper/cam', 1, NULL, 1681208526, 0);
