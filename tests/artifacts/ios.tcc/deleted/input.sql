CREATE TABLE access (service TEXT NOT NULL, client TEXT NOT NULL, client_type INTEGER NOT NULL, auth_value INTEGER NOT NULL,
  auth_reason INTEGER NOT NULL, auth_version INTEGER NOT NULL, csreq BLOB, policy_id INTEGER,
  indirect_object_identifier_type INTEGER, indirect_object_identifier TEXT NOT NULL DEFAULT 'UNUSED',
  indirect_object_code_identity BLOB, flags INTEGER, last_modified INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (service, client, client_type, indirect_object_identifier));
INSERT INTO access (service, client, client_type, auth_value, auth_reason, auth_version, last_modified) VALUES
  ('kTCCServiceMicrophone', 'org.example.recorder', 0, 2, 2, 1, 1681208525),
  ('kTCCServiceCamera', '/private/var/db/helper/cam', 1, 2, 4, 1, 1681208526),
  ('kTCCServicePhotos', 'org.example.gallery', 0, 2, 2, 1, 1681208527),
  ('kTCCServiceCalendar', 'org.example.planner', 0, 0, 2, 1, 1681208528);
DELETE FROM access WHERE service = 'kTCCServiceCamera';
