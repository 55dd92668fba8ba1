-- What people settled for themselves; who has no row has settled nothing.
create table preferences (
	user integer primary key,
	-- A plan by its id, or 'other', whose price a month is in cents of a dollar.
	plan text,
	plan_cents integer,
	-- The day on which the person's weeks begin, 0 being Monday.
	week_start integer not null default 0,
	-- Of when on (epoch ms) the person has read that admins may see the person's sessions and project names.
	usage_opened_known integer,
	-- Since when others may see the person on the leaderboard (epoch ms), and under which name. The key is what is left of
	-- the name without what eyes overlook; it is there while the person takes part, so that nobody poses as another.
	leaderboard_at integer,
	leaderboard_name text,
	leaderboard_key text unique,
	-- Since when an admin leaves the person out of it.
	leaderboard_excluded_at integer,
	-- How often reports are mailed: 'daily', 'weekly', 'monthly'; and at which minute of the person's day. Both stay when none
	-- is wanted any more: then none is due.
	report text,
	report_minute integer not null default 540,
	-- When the next one is due (epoch ms).
	report_next_at integer,
	-- The address that its owner has confirmed; it counts while the account has the same.
	email_confirmed text collate nocase
) strict;
create index preferences_due on preferences (report_next_at) where report_next_at is not null;

-- Mail that was or is to be sent: each period's report once. A failed one is tried again at next_at until it is given up.
create table mails (
	id integer primary key,
	user integer not null,
	kind text not null,
	period text not null,
	address text not null,
	state text not null,
	attempts integer not null,
	created_at integer not null,
	next_at integer,
	sent_at integer,
	error text,
	unique (user, kind, period)
) strict;
create index mails_due on mails (next_at) where next_at is not null;

-- Links in mails, by their digests: what they are good for, and for which address.
create table mail_links (
	digest text primary key,
	user integer not null,
	purpose text not null,
	address text not null,
	expires_at integer not null
) strict, without rowid;
create index mail_links_user on mail_links (user);
