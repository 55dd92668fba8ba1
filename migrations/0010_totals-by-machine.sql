-- Under which name a machine's totals are known: the first under which they came. Whatever the machine is called later,
-- its responses supersede these, and further totals come in place of these.
create table reported_senders (
	user integer not null,
	machine text not null,
	label text not null,
	primary key (user, machine)
) strict, without rowid;
create index reported_senders_label on reported_senders (user, label);

-- From when to when a reported day lasted where it was counted, epoch ms, if that was told. The person's own days may
-- begin at other moments.
alter table reported_days add column started_at integer;
alter table reported_days add column ended_at integer;

-- The zone by whose days totals were first sent. By another one's they would stand beside those.
alter table push_targets add column totals_zone text;
