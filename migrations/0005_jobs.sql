-- What servers do by the clock: the period that a job was last taken for, by whom, until when that one has the time for
-- it, and whether it was done.
create table jobs (
	name text primary key,
	period integer not null,
	holder text not null,
	until integer not null,
	done integer not null
) strict, without rowid;
