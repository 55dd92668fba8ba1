-- Of accounts that get totals instead of responses: each day, session or block that was sent, with a digest of what was
-- told of it, so that only what changed goes again. refused: the server did not keep it.
create table sent_totals (
	target integer not null,
	kind text not null,
	label text not null,
	name text not null,
	digest text not null,
	refused integer not null,
	primary key (target, kind, label, name)
) strict, without rowid;

-- What a machine was called when totals were first sent. A server knows totals by that name, and would count those of a
-- new one beside them.
create table sent_labels (
	target integer not null,
	machine integer not null,
	label text not null,
	primary key (target, machine)
) strict, without rowid;

-- How far totals were sent, by change number, and a digest of all that they were made from.
alter table push_targets add column totals_to integer not null default 0;
alter table push_targets add column totals_state text;
