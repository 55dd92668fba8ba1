-- How many months of single responses a person keeps; null where the person has settled nothing.
alter table preferences add column retention_months integer;

-- Accounts that are gone, while what they left is removed piece by piece. The account's id is here for as long as that
-- takes.
create table erasures (
	user integer primary key,
	account text not null,
	begun_at integer not null
) strict;
