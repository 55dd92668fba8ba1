-- Totals that a client sent instead of events: an old program, an import. They are kept apart, replaced as a whole, and
-- superseded as soon as events tell the same more exactly.
create table reported_days (
	user integer not null,
	label text not null,
	day integer not null,
	input integer not null,
	output integer not null,
	cache_write integer not null,
	cache_read integer not null,
	total integer not null,
	cost integer not null,
	models text not null,
	breakdowns text not null,
	superseded integer not null,
	source text not null,
	received_at integer not null,
	primary key (user, label, day)
) strict, without rowid;

create table reported_sessions (
	user integer not null,
	label text not null,
	session text not null,
	project text,
	started_at integer not null,
	ended_at integer,
	duration_minutes integer,
	input integer not null,
	output integer not null,
	cache_write integer not null,
	cache_read integer not null,
	total integer not null,
	cost integer not null,
	models text not null,
	breakdowns text not null,
	superseded integer not null,
	source text not null,
	received_at integer not null,
	primary key (user, label, session)
) strict, without rowid;
create index reported_sessions_started on reported_sessions (user, started_at);
create index reported_sessions_session on reported_sessions (user, session);

create table reported_blocks (
	user integer not null,
	label text not null,
	block text not null,
	started_at integer not null,
	ended_at integer not null,
	actual_end integer,
	entries integer not null,
	input integer not null,
	output integer not null,
	cache_write integer not null,
	cache_read integer not null,
	total integer not null,
	cost integer not null,
	models text not null,
	superseded integer not null,
	source text not null,
	received_at integer not null,
	primary key (user, label, block)
) strict, without rowid;
create index reported_blocks_started on reported_blocks (user, started_at);
