CREATE TABLE ZSHORTCUT (Z_PK INTEGER PRIMARY KEY, ZACTIONCOUNT INTEGER, ZTOMBSTONED INTEGER, ZCREATIONDATE TIMESTAMP, ZMODIFICATIONDATE TIMESTAMP, ZACTIONSDESCRIPTION VARCHAR, ZNAME VARCHAR, ZSOURCE VARCHAR, ZWORKFLOWID VARCHAR);
CREATE TABLE ZSHORTCUTACTIONS (Z_PK INTEGER PRIMARY KEY, ZSHORTCUT INTEGER, ZDATA BLOB);
CREATE TABLE ZTRIGGER (Z_PK INTEGER PRIMARY KEY, ZENABLED INTEGER, ZSHOULDPROMPT INTEGER, ZSHOULDNOTIFY INTEGER, ZSHORTCUT INTEGER, ZDATA BLOB);
INSERT INTO ZSHORTCUT VALUES (1, 2, 0, 703002125.5, 703002126, 'Get contents of URL', 'Morning', 'ShortcutSourceOnDevice', 'W-1'), (2, 1, 1, NULL, NULL, NULL, 'Empty', NULL, NULL), (3, NULL, NULL, NULL, NULL, NULL, 'Broken', NULL, NULL);
INSERT INTO ZSHORTCUTACTIONS VALUES (1, 1, plist('<array><dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.downloadurl</string><key>WFWorkflowActionParameters</key><dict><key>WFURL</key><string>https://a.example.net/x?y=1</string><key>Data</key><data>AAEC</data></dict></dict><dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.runsshscript</string></dict></array>')),
 (2, 2, NULL), (3, 3, x'62706c6973743030');
INSERT INTO ZTRIGGER VALUES (1, 1, 0, 0, 1, x'0a0b');
INSERT INTO ZSHORTCUTACTIONS VALUES (9, 77, plist('<array><dict><key>WFWorkflowActionIdentifier</key><string>is.workflow.actions.url</string><key>WFWorkflowActionParameters</key><dict><key>WFURL</key><string>https://deleted.example.net/</string></dict></dict></array>')), (10, NULL, NULL), (11, 78, x'62706c6973743030');
