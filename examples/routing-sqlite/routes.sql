-- Where calls go. receiver.mjs makes routes.db of this file when there is none; change that one, and the next call goes by it.
CREATE TABLE callers (number TEXT PRIMARY KEY, name TEXT NOT NULL, destination TEXT NOT NULL);
CREATE TABLE called (number TEXT PRIMARY KEY, name TEXT NOT NULL, destination TEXT NOT NULL);
CREATE TABLE pins (pin TEXT PRIMARY KEY, name TEXT NOT NULL, destination TEXT NOT NULL);

INSERT INTO callers VALUES ('+31612345678', 'Jansen & Co', '215'), ('+31687654321', 'De Vries', '216');
INSERT INTO called VALUES ('+31501234568', 'Service line', '216');
INSERT INTO pins VALUES ('4711', 'Ticket of Jansen', '215'), ('4712', 'Ticket of De Vries', '216');
