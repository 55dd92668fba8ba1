-- Names are kept once and referred to by small integers, so that events and rollups stay narrow.
create table users (
	id integer primary key,
	zone text not null,
	horizon integer not null default 0
) strict;

create table machines (
	id integer primary key,
	user integer not null,
	uuid text not null,
	label text not null,
	os text,
	client text,
	zone text,
	first_seen integer not null,
	last_seen integer not null,
	unique (user, uuid)
) strict;

create table projects (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;
create table sessions (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;
create table branches (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;
create table models (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;
create table agents (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;
create table versions (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;
create table folders (id integer primary key, user integer not null, name text not null, unique (user, name)) strict;

create table counters (name text primary key, value integer not null) strict, without rowid;
insert into counters (name, value) values ('events', 0);

-- One row a response. The row id is the change number, so what is not sent yet lies in order at the end.
create table events (
	change integer primary key,
	user integer not null,
	key text not null,
	message integer,
	at integer not null,
	session integer not null,
	folder integer,
	project integer not null,
	branch integer not null,
	agent integer,
	machine integer not null,
	version integer,
	fork integer not null,
	progress integer not null,
	sidechain integer not null,
	sidechain_only integer not null,
	replay integer not null,
	model integer not null,
	counted_after integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	speed text,
	geo text,
	tier text,
	reported integer,
	extra text,
	cost integer,
	unpriced integer not null
) strict;
create unique index events_key on events (user, key);
create index events_at on events (user, at) where replay = 0;
create index events_session on events (session);
create index events_sidechains on events (session) where sidechain_only = 1 or replay = 1;
create index events_unpriced on events (user, model) where unpriced > 0;

-- What counts, model by model: each response that is no replay, and beside it its extra parts. Cost is null where a
-- model has no price; an extra part is in the cost that an old line reported for the whole response.
create view parts as
select
	user, at, key, session, project, branch, machine, model,
	input, output, cache_write_5m, cache_write_1h, cache_read, web_searches, cost, reported, 1 as responses
from events
where replay = 0
union all
select
	e.user, e.at, e.key, e.session, e.project, e.branch, e.machine, extra.value ->> 0,
	extra.value ->> 1, extra.value ->> 2, extra.value ->> 3, extra.value ->> 4, extra.value ->> 5, 0,
	extra.value ->> 6, iif(e.reported is null, null, 0), 0
from events as e, json_each(e.extra) as extra
where e.replay = 0 and e.extra is not null;

-- Everything below but machine_days, folder_sessions and files can be derived from events again.
create table usage_slots (
	user integer not null,
	slot integer not null,
	machine integer not null,
	project integer not null,
	model integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, slot, machine, project, model)
) strict, without rowid;

create table usage_days (
	user integer not null,
	day integer not null,
	machine integer not null,
	project integer not null,
	model integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, day, machine, project, model)
) strict, without rowid;

-- The same by local month, for long stretches.
create table usage_months (
	user integer not null,
	month integer not null,
	machine integer not null,
	project integer not null,
	model integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, month, machine, project, model)
) strict, without rowid;

-- The same by model alone: charts of a year ask for nothing else, and it is a fortieth of the rows.
create table model_days (
	user integer not null,
	day integer not null,
	model integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, day, model)
) strict, without rowid;

create table branch_days (
	user integer not null,
	day integer not null,
	project integer not null,
	branch integer not null,
	model integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, day, project, branch, model)
) strict, without rowid;

create table session_parts (
	user integer not null,
	session integer not null,
	machine integer not null,
	project integer not null,
	model integer not null,
	first_at integer not null,
	last_at integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, session, machine, project, model)
) strict, without rowid;
create index session_parts_last on session_parts (user, last_at);

create table person_days (
	user integer not null,
	day integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, day)
) strict, without rowid;

create table person_months (
	user integer not null,
	month integer not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, month)
) strict, without rowid;

create table blocks (
	user integer not null,
	start integer not null,
	first_at integer not null,
	last_at integer not null,
	models text not null,
	input integer not null,
	output integer not null,
	cache_write_5m integer not null,
	cache_write_1h integer not null,
	cache_read integer not null,
	web_searches integer not null,
	cost integer not null,
	responses integer not null,
	unpriced integer not null,
	primary key (user, start)
) strict, without rowid;

create table machine_days (
	user integer not null,
	machine integer not null,
	day integer not null,
	primary key (user, machine, day)
) strict, without rowid;

-- Which project a session in a folder belongs to, and what that was decided from.
create table folder_sessions (
	folder integer not null,
	session integer not null,
	matching_cwd text,
	matching_main integer,
	matching_at integer,
	first_cwd text,
	first_main integer,
	first_at integer,
	project integer,
	primary key (folder, session)
) strict, without rowid;

-- How far each transcript was read, what it looked like then, and how many of its lines could not be counted, by reason.
create table files (
	path text primary key,
	identity integer not null,
	size integer not null,
	modified_us integer not null,
	changed_us integer not null,
	read_to integer not null,
	head_hash text not null,
	tail_hash text not null,
	skipped text
) strict, without rowid;

-- Accounts of servers that this ledger's usage goes to. A server acknowledges events in order of their change numbers;
-- ledger is the UUID of what it keeps them in, which is another one after a restore. The key itself is not kept.
create table push_targets (
	id integer primary key,
	user integer not null,
	server text not null,
	account text not null,
	ledger text not null,
	key_digest text not null,
	acknowledged integer not null,
	pushed_at integer not null,
	unique (user, server, account)
) strict;

-- Events that a server refused: they stay here, and the rest goes on.
create table set_aside (
	target integer not null,
	key text not null,
	code text not null,
	refused_at integer not null,
	primary key (target, key)
) strict, without rowid;

-- Servers that asked not to be asked for a while.
create table push_waits (
	server text primary key,
	asked_at integer not null,
	until integer not null
) strict, without rowid;
