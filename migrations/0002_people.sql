-- The UUID of what this database keeps; a restore makes a new one, so that clients send again what a copy may lack.
create table settings (name text primary key, value text not null) strict, without rowid;
insert into settings (name, value) values (
	'ledger',
	lower(
		hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
		|| substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))
	)
);

-- Raised whenever usage of a person comes, goes or moves: what pages that are open are told.
alter table users add column revision integer not null default 0;

-- Who a server knows. A machine's own ledger has a user and no account.
create table accounts (
	user integer primary key,
	id text not null unique,
	username text not null collate nocase unique,
	-- A claim until its owner confirms it: several may have one address.
	email text collate nocase,
	display_name text,
	role text not null,
	zone_set integer not null,
	created_at integer not null,
	disabled_at integer
) strict;

-- Of keys, sessions, invites and links only digests (SHA-256, base64url) are kept.
create table api_keys (
	id text primary key,
	user integer not null,
	digest text not null unique,
	kind text not null,
	name text not null,
	last4 text not null,
	created_at integer not null,
	expires_at integer,
	last_used_at integer,
	revoked_at integer
) strict, without rowid;
create index api_keys_user on api_keys (user, created_at);

create table web_sessions (
	id text primary key,
	user integer not null,
	digest text not null unique,
	key text,
	agent text,
	created_at integer not null,
	seen_at integer not null
) strict, without rowid;
create index web_sessions_user on web_sessions (user, created_at);

create table invites (
	id text primary key,
	digest text not null unique,
	role text not null,
	created_by integer,
	created_at integer not null,
	expires_at integer not null,
	used_at integer,
	used_by integer
) strict, without rowid;

create table login_links (
	digest text primary key,
	user integer not null,
	key text not null,
	expires_at integer not null
) strict, without rowid;

-- Tries to guess a secret, by what they came from: they are counted on when a server starts anew.
create table attempts (
	subject text primary key,
	count integer not null,
	until integer not null
) strict, without rowid;

-- What people and operators did, for those who have to know later. Nothing in it is ever changed.
create table audit_log (
	id integer primary key,
	at integer not null,
	user integer,
	action text not null,
	detail text not null,
	address text
) strict;
create index audit_log_user on audit_log (user, at);
