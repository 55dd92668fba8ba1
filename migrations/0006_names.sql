-- What people make of names: another one to read, a row of the same table that they count under, and whether lists leave
-- them out (since when, epoch ms). Nothing else is rewritten: whoever reads follows the pointers. What is pointed to
-- points nowhere itself.
alter table projects add column alias text;
alter table projects add column merged_into integer;
alter table projects add column hidden_at integer;
alter table machines add column alias text;
alter table machines add column merged_into integer;
alter table machines add column archived_at integer;

-- Each project and machine by its number, with what it counts under.
create view project_names as
select own.id, own.user, own.name as own_name, root.id as root, root.name, root.alias, root.hidden_at
from projects as own
join projects as root on root.id = ifnull(own.merged_into, own.id);

create view machine_names as
select own.id, own.user, root.id as root, root.uuid, root.label, root.alias, root.archived_at
from machines as own
join machines as root on root.id = ifnull(own.merged_into, own.id);
